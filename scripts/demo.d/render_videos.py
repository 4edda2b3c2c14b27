#!/usr/bin/env python3
"""Renders the converted scenes of a video, one manim process a scene."""
import argparse
import json
import logging
import subprocess
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from claude_api_helper import ClaudeErrorFixer

logger = logging.getLogger(__name__)

QUALITY = {"l": ("480,270", 30), "h": ("1920,1080", 60)}


class VideoRenderer:
    def __init__(self, base_dir, quality="l", parallel_render=1, timeout=900, max_fix_attempts=2):
        self.base_dir = Path(base_dir)
        self.quality = quality
        self.parallel_render = parallel_render
        self.timeout = timeout
        self.max_fix_attempts = max_fix_attempts

    def render_single_scene(self, code_file, scene_name, output_file, quality):
        resolution, fps = QUALITY[quality]
        media_dir = output_file.parent.parent / "media"
        command = ["manim", "render", str(code_file), scene_name, "-o", output_file.name,
                   "--media_dir", str(media_dir.relative_to(self.base_dir)), "--quality", quality,
                   "--resolution", resolution, "--fps", str(fps), "--format", "mp4", "--disable_caching",
                   "--verbosity", "WARNING"]
        start = time.time()
        try:
            result = subprocess.run(command, cwd=self.base_dir, capture_output=True, text=True, timeout=self.timeout)
        except subprocess.TimeoutExpired:
            return {"status": "timeout", "error": f"Render timeout after {self.timeout} seconds",
                    "duration": time.time() - start, "file_size": 0, "exit_code": None}
        answer = {"status": "failed", "error": result.stderr.strip(), "duration": time.time() - start,
                  "file_size": 0, "exit_code": result.returncode}
        if result.returncode == 0:
            made = sorted(media_dir.glob(f"videos/{code_file.stem}/*/{output_file.name}"))
            if made:
                made[0].rename(output_file)
                answer.update(status="success", error=None, file_size=output_file.stat().st_size)
            else:
                answer.update(error="Render completed but no output file")
        return answer

    def _render_with_fixes(self, video_dir, scene):
        snippet = video_dir / "validated_snippets" / f"{scene}.py"
        code_file = (snippet if snippet.exists() else video_dir / "monolith_manimce.py").relative_to(self.base_dir)
        output_file = video_dir / "videos" / f"{scene}.mp4"
        start = time.time()
        for attempt in range(1, self.max_fix_attempts + 2):
            result = self.render_single_scene(code_file, scene, output_file, self.quality)
            result.update(scene=scene, attempts=attempt, elapsed=time.time() - start)
            if result["status"] == "success":
                break
            log = video_dir / "videos" / f"{scene}_attempt{attempt}.log"
            log.write_text(result["error"] + "\n")
            logger.error("%s: scene %s: %s", video_dir.name, scene, result["error"].splitlines()[-1])
            if result["status"] == "timeout" or attempt > self.max_fix_attempts:
                break
            path = self.base_dir / code_file
            start = time.time()
            fixer = ClaudeErrorFixer(path)
            fixer.fix_render_error(scene, path.read_text(), result["error"], attempt)
        return result

    def render_video_from_snippets(self, year, video_id, scenes=None):
        video_dir = self.base_dir / "outputs" / str(year) / video_id
        if scenes is None:
            scenes = json.loads((video_dir / "conversion_results.json").read_text())["scenes"]
        (video_dir / "videos").mkdir(exist_ok=True)
        with ThreadPoolExecutor(max_workers=self.parallel_render) as pool:
            results = list(pool.map(lambda scene: self._render_with_fixes(video_dir, scene), scenes))
        rendered = [r for r in results if r["status"] == "success"]
        answer = {"video": video_id, "status": "completed" if len(rendered) == len(results) else "failed",
                  "scenes_total": len(results), "scenes_rendered": len(rendered), "scenes": results}
        (video_dir / "render_results.json").write_text(json.dumps(answer, indent=2) + "\n")
        return answer

    render_video = render_video_from_snippets


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--year", type=int, default=2015)
    parser.add_argument("--video", required=True)
    parser.add_argument("--quality", choices=sorted(QUALITY), default="l")
    parser.add_argument("--parallel-render", type=int, default=1)
    parser.add_argument("--render-timeout", type=int, default=900)
    options = parser.parse_args()
    logging.basicConfig(level=logging.INFO)
    renderer = VideoRenderer(Path.cwd(), options.quality, options.parallel_render, options.render_timeout)
    answer = renderer.render_video_from_snippets(options.year, options.video)
    print(f"[RENDER] {options.video} ({answer['scenes_rendered']}/{answer['scenes_total']} scenes)")


if __name__ == "__main__":
    main()
