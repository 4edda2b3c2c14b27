import shutil
import tempfile

from enhanced_scene_converter import SceneRenderValidator


def _convert_video_systematic(builder, video_dir, converter, year):
    good = 0
    snippets = sorted((video_dir / "snippets").iterdir())
    for snippet in snippets:
        with tempfile.TemporaryDirectory() as directory:
            good += SceneRenderValidator().validate_scene_by_rendering(snippet.read_text(), snippet.stem, directory)["success"]
        shutil.copy(snippet, video_dir / "validated_snippets")
    return {"status": "completed" if good == len(snippets) else "failed", "snippets_total": len(snippets), "snippets_converted": good}
