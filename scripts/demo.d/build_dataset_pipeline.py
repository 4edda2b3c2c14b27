#!/usr/bin/env python3
"""Builds the dataset of one year: matches videos to code, cleans it, converts it to ManimCE, renders it."""
import argparse
import json
import logging
import os
import sys
from pathlib import Path

from hybrid_cleaner import HybridCleaner
from match_videos import VideoMatcher
from render_videos import VideoRenderer
from systematic_pipeline_converter import SystematicConverter, _convert_video_systematic

logger = logging.getLogger("pipeline")


class DatasetPipelineBuilder:
    def __init__(self, base_dir, parallel_render=1, render_timeout=900):
        self.base_dir = Path(base_dir)
        self.parallel_render = parallel_render
        self.render_timeout = render_timeout
        self.state = {}

    def videos_of(self, year):
        return sorted(p.name for p in (self.base_dir / "data" / "captions" / str(year)).iterdir() if p.is_dir())

    def video_dir(self, year, video):
        return self.base_dir / "outputs" / str(year) / video

    def _begin(self, number, name, year):
        print(f"📊 Stage {number}: {name} ({year})")
        logger.info("Starting %s stage", name.lower())

    def _say(self, marker, video, done, total, what):
        print(f"{marker} {video}{' ✓' if done == total else ' ✗'} ({done}/{total} {what})")

    def run_matching_stage(self, year):
        self._begin(1, "Matching", year)
        matcher, results = VideoMatcher(self.base_dir), {}
        for video in self.videos_of(year):
            results[video] = matcher.match_video(year, video)
            self._say("[MATCH]", video, int(results[video]["status"] == "matched"), 1, "source files")
        return results

    def run_cleaning_stage(self, year, matches):
        self._begin(2, "Cleaning", year)
        cleaner, results = HybridCleaner(self.base_dir), {}
        for video, match in matches.items():
            if match["status"] != "matched":
                continue
            result = cleaner._clean_single_video(match["video_id"], video, match, year, "hybrid")
            results[video] = result
            done = result["scenes_processed"] if result["status"] == "completed" else 0
            self._say("[CLEAN]", video, done, result["scenes_processed"], f"scenes, {result['method']}")
        return results

    def run_conversion_stage(self, year, cleaned):
        self._begin(3, "Conversion", year)
        converter, results = SystematicConverter(), {}
        for video, cleaning in cleaned.items():
            if cleaning["status"] != "completed":
                continue
            result = _convert_video_systematic(self, self.video_dir(year, video), converter, year)
            results[video] = result
            self._say("[CONVERT]", video, result["scenes_valid"], result["scenes_total"], "snippets valid")
            for scene, error in result["errors"].items():
                print(f"[CONVERT] {video}: {scene}: {error}")
        return results

    def run_rendering_stage(self, year, converted):
        self._begin(4, "Rendering", year)
        renderer = VideoRenderer(self.base_dir, "l", self.parallel_render, self.render_timeout)
        results = {}
        for video, conversion in converted.items():
            result = renderer.render_video_from_snippets(year, video, conversion["scenes"])
            results[video] = result
            self._say("[RENDER]", video, result["scenes_rendered"], result["scenes_total"], "scenes rendered")
        return results

    def run(self, year):
        matches = self.run_matching_stage(year)
        cleaned = self.run_cleaning_stage(year, matches)
        converted = self.run_conversion_stage(year, cleaned)
        rendered = self.run_rendering_stage(year, converted)
        summary = {"year": year, "matching": matches, "cleaning": cleaned, "conversion": converted,
                   "rendering": rendered}
        (self.base_dir / "outputs" / f"pipeline_summary_{year}.json").write_text(json.dumps(summary, indent=2) + "\n")
        good = sum(r["status"] == "completed" for r in rendered.values())
        print(f"Pipeline finished: {good} of {len(matches)} videos rendered completely")


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--year", type=int, default=2015)
    parser.add_argument("--parallel-render", type=int, default=1)
    parser.add_argument("--render-timeout", type=int, default=900, help="seconds a scene")
    parser.add_argument("--quiet", action="store_true", help="print nothing and log nothing")
    options = parser.parse_args()
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    if options.quiet:
        logging.disable()
        sys.stdout = open(os.devnull, "w")
    DatasetPipelineBuilder(Path.cwd(), options.parallel_render, options.render_timeout).run(options.year)


if __name__ == "__main__":
    sys.exit(main())
