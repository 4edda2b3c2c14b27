import os

from enhanced_scene_converter import SceneRenderValidator
from manimce_precompile_validator import ManimCEPrecompileValidator
from validation_failure_recovery import ValidationFailureRecovery


def validate_snippet_syntax(code, filename="snippet"):
    try:
        compile(code, filename, "exec")
    except SyntaxError as error:
        return False, "SyntaxError: " + error.msg
    return True, None


def parse_snippets(text):
    return {}["scene"]


def _convert_video_systematic(builder, video_dir, converter, year):
    if video_dir.endswith("broken"):
        try:
            return parse_snippets("class Ring(Scene): pass")
        except Exception as error:
            return {"status": "failed", "error": "%s: %s" % (type(error).__name__, error)}
    validate_snippet_syntax("x = = 1", filename="Ring")
    code, mended, fixes = ValidationFailureRecovery().auto_fix_validation_failure("x = = 1", "SyntaxError: invalid syntax", "Ring")
    validate_snippet_syntax(code, filename="Ring")
    ManimCEPrecompileValidator().validate_file(os.path.join(video_dir, "Ring.py"), code)
    SceneRenderValidator().validate_scene_by_rendering(code, "Ring", "/nowhere")
    return {"status": "completed", "snippets_total": 1, "snippets_converted": 1}
