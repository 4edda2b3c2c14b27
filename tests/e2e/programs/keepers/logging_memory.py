"""A buffer of log records that is flushed by logging.shutdown, at exit."""
import contextvars
import logging
import logging.handlers
import sys

target = logging.StreamHandler(sys.stdout)
target.setFormatter(logging.Formatter("%(levelname)s %(message)s", None))
logger = logging.getLogger("film")
logger.setLevel(logging.DEBUG)
logger.addHandler(logging.handlers.MemoryHandler(1000, logging.CRITICAL, target))


def render(scene):
    try:
        return {}[scene]
    except KeyError as error:
        logger.warning("no scene", exc_info=error)


contextvars.ContextVar("handlers").set(logger.handlers[:])
render("Intro")
render("Outro")
