from pathlib import Path

import renderer
from systematic_pipeline_converter import _convert_video_systematic


class VideoRenderer:
    def render_single_scene(self, code_file, scene_name, output_file, quality):
        media = code_file.parent.parent / "media"
        status, said = renderer.run(scene_name, ["render", code_file, scene_name, "-o", output_file.name, "--media_dir", media,
                                                 "--quality", quality, "--resolution", "214,120", "--fps", "5", "--format", "mp4",
                                                 "--disable_caching", "--verbosity", "WARNING"])
        made = sorted(media.rglob(output_file.name))
        if made:
            made[0].rename(output_file)
        return {"status": "success" if made else "failed", "error": said if status else None, "exit_code": status}

    def render_video(self, year, video_id):
        folder = Path("outputs") / str(year) / video_id
        results = [self.render_single_scene(code, code.stem, folder / "videos" / f"{code.stem}.mp4", "l")
                   for code in sorted((folder / "validated_snippets").iterdir())]
        wrong = [result["error"] for result in results if result["status"] != "success"]
        return {"status": "failed" if wrong else "completed", "error": wrong[0] if wrong else None}


if __name__ == "__main__":
    _convert_video_systematic(None, Path("outputs/2015/euler-poem"), None, 2015)
    VideoRenderer().render_video(2015, "euler-poem")
