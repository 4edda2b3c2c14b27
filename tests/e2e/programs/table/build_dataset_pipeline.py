import os

from hybrid_cleaner import HybridCleaner
from render_videos import VideoRenderer
from systematic_pipeline_converter import _convert_video_systematic


class DatasetPipelineBuilder:
    def run_matching_stage(self, year, force=False):
        folder = "data/captions/%d/%s" % (year, "unmatched" if force else "matched")
        os.makedirs(folder)
        with open(folder + "/matches.json", "w") as out:
            out.write("{}")
        if force:
            raise ValueError("nothing to match")
        return {"matched": 1}

    def run_cleaning_stage(self, year, **options):
        return HybridCleaner()._clean_single_video("dQw4w9WgXcQ", "cleaned", {"code": "not to be kept"}, year, mode="hybrid")

    def run_conversion_stage(self, year):
        return _convert_video_systematic(self, "outputs/2015/converted", None, year)

    def run_rendering_stage(self, year):
        renderer = VideoRenderer()
        renderer.render_video(year, "rendered", quality="l")
        try:
            renderer.render_video_from_snippets(year, "snippets")
        except RuntimeError:
            pass
        raise RuntimeError("one video was not rendered")
