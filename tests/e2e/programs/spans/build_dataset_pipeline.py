class DatasetPipelineBuilder:
    def run_matching_stage(self, year, force=False):
        return {"matched": 1}

    def run_cleaning_stage(self, year, **options):
        return options

    def run_conversion_stage(self, year):
        raise KeyboardInterrupt("stopped")

    def run_rendering_stage(self, *, year):
        return None
