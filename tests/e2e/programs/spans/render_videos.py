import asyncio


class VideoRenderer:
    def render_video(self, year, video_id, quality="l"):
        open("outside.txt", "w").close()
        done = self.render_single_scene("outputs/%s/%s/code.py" % (year, video_id), "Scene", "Scene.mp4", quality)
        return {"status": "completed", "scenes_rendered": [done["status"]]}

    def render_video_from_snippets(self, year, video_id, **options):
        raise RuntimeError("no snippets") from OSError(2, "No such file", "snippets")

    def render_single_scene(self, code_file, scene_name, output_file, quality):
        return {"status": "success", "error": None, "duration": 0.5, "file_size": 1 << 40, "exit_code": 0}
