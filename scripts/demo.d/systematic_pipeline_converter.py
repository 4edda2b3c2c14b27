#!/usr/bin/env python3
"""Converts cleaned ManimGL code to ManimCE, one snippet a scene."""
import argparse
import ast
import json
import re
from pathlib import Path

from claude_api_helper import ClaudeErrorFixer

RENAMES = [
    (r"from manimlib import \*", "from manim import *"),
    (r"\bShowCreation\(", "Create("),
    (r"\b(TextMobject|TexMobject|OldTex|OldTexText)\(", "Text("),
    (r"\bself\.dither\(", "self.wait("),
    (r"\bFRAME_X_RADIUS\b", 'config["frame_width"] / 2'),
    (r"\bSPACE_WIDTH\b", 'config["frame_width"] / 2'),
]


def validate_snippet_syntax(code, filename):
    try:
        compile(code, filename, "exec")
        return True, None
    except SyntaxError as problem:
        return False, f"SyntaxError: {problem}"


class SystematicConverter:
    def convert_config(self, match):
        """CONFIG = {...} becomes class attributes."""
        lines = [f"{indent}{name} = {value}" for indent, name, value
                 in re.findall(r'^    ( +)"(\w+)": (.*?),?$', match[1], re.MULTILINE)]
        return "".join(line + "\n" for line in lines)

    def convert_code(self, code):
        for pattern, replacement in RENAMES:
            code = re.sub(pattern, replacement, code)
        return re.sub(r"^    CONFIG = \{\n(.*?)\}[,}\s]*\n", self.convert_config, code, flags=re.MULTILINE | re.DOTALL)

    def split_scenes(self, code):
        """What all scenes share, and the text of each scene."""
        tree = ast.parse(code)
        scenes = {n.name: ast.get_source_segment(code, n) for n in tree.body if isinstance(n, ast.ClassDef)}
        shared = [ast.get_source_segment(code, n) for n in tree.body if not isinstance(n, ast.ClassDef)]
        return "\n\n".join(shared), scenes


def _repair_snippet(video_dir, scene, code, error):
    """One try with Claude on a copy of the snippet; returns the code, repaired or not."""
    draft = video_dir / f"{scene}_draft.py"
    draft.write_text(code)
    ClaudeErrorFixer(draft, timeout=45).fix_render_error(scene, code, error, 1)
    code = draft.read_text()
    draft.unlink()
    return code


def _convert_video_systematic(builder, video_dir, converter, year):
    shared, scenes = converter.split_scenes((video_dir / "monolith_manimgl.py").read_text())
    shared = converter.convert_code(shared)
    snippets = video_dir / "validated_snippets"
    snippets.mkdir(exist_ok=True)
    converted, errors = [shared], {}
    for scene, text in scenes.items():
        body = converter.convert_code(text + "\n")
        code = f"{shared}\n\n\n{body}"
        valid, error = validate_snippet_syntax(code, f"{scene}.py")
        if not valid:
            code = _repair_snippet(video_dir, scene, code, error)
            valid, error = validate_snippet_syntax(code, f"{scene}.py")
        if valid:
            (snippets / f"{scene}.py").write_text(code)
        else:
            errors[scene] = error
        converted.append(body)
    (video_dir / "monolith_manimce.py").write_text("\n\n\n".join(converted))
    result = {"status": "failed" if errors else "completed", "scenes_total": len(scenes),
              "scenes_valid": len(scenes) - len(errors), "scenes": list(scenes), "errors": errors}
    (video_dir / "conversion_results.json").write_text(json.dumps(result, indent=2) + "\n")
    return result


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--year", type=int, default=2015)
    parser.add_argument("--video", required=True)
    options = parser.parse_args()
    video_dir = Path.cwd() / "outputs" / str(options.year) / options.video
    print(json.dumps(_convert_video_systematic(None, video_dir, SystematicConverter(), options.year), indent=2))


if __name__ == "__main__":
    main()
