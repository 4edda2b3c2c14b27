#!/usr/bin/env python3
"""Cleans matched code without help: inlines local imports, drops what no scene needs, writes one file."""
import ast
import builtins
from dataclasses import dataclass, field
from pathlib import Path

LIBRARY_IMPORT = "from manimlib import *"


@dataclass
class CleaningResult:
    success: bool
    error: str = ""
    fallback_needed: bool = False
    scenes_processed: int = 0
    dependencies_found: int = 0
    files_inlined: list = field(default_factory=list)


class ProgrammaticCleaner:
    def __init__(self, base_dir):
        self.base_dir = Path(base_dir)

    def clean_video_files(self, source, target):
        """Reads source, inlines what it imports from its own folder, writes target."""
        text = source.read_text()
        inlined = []
        for node in ast.parse(text).body:
            if isinstance(node, ast.ImportFrom) and node.module != "manimlib":
                statement = ast.get_source_segment(text, node)
                helper = source.parent / "helpers" / f"{node.module}.py"
                body = helper.read_text().replace(LIBRARY_IMPORT, "").strip() if helper.exists() else ""
                text = text.replace(statement, body)
                inlined += [node.module] if body else []
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text)

        tree = ast.parse(text)
        scenes = [n.name for n in tree.body if isinstance(n, ast.ClassDef)]
        missing = self.missing_helpers(tree)
        return CleaningResult(success=not missing, fallback_needed=bool(missing), scenes_processed=len(scenes),
                              dependencies_found=len(inlined), files_inlined=inlined,
                              error=f"undefined helper: {missing[0]}" if missing else "")

    @staticmethod
    def missing_helpers(tree):
        """Functions in snake_case that are called by name and defined nowhere; the library has none of that name."""
        defined = {n.name for n in ast.walk(tree) if isinstance(n, (ast.FunctionDef, ast.ClassDef))}
        defined |= {n.id for n in ast.walk(tree) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)}
        called = [n.func.id for n in ast.walk(tree) if isinstance(n, ast.Call) and isinstance(n.func, ast.Name)]
        return sorted({name for name in called if name.islower() and name not in defined
                       and not hasattr(builtins, name)})
