"""For pytest: hypothesis draws few examples, the same each time."""
from hypothesis import HealthCheck, settings

settings.register_profile("few", max_examples=5, derandomize=True, database=None, deadline=None, suppress_health_check=list(HealthCheck))
settings.load_profile("few")
