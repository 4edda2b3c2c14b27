from pathlib import Path

import renderer


class SceneRenderValidator:
    def validate_scene_by_rendering(self, snippet, scene, directory):
        code = Path(directory) / f"{scene}_test.py"
        code.write_text(snippet)
        status, said = renderer.run(scene, [code, scene, "--media_dir", Path(directory) / "media", "-ql", "-s", "--disable_caching"],
                                    cwd=directory)
        return {"success": status == 0, "error": said if status else None}
