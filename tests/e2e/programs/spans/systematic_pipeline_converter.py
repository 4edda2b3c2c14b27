import os


def validate_snippet_syntax(code, filename="snippet"):
    try:
        compile(code, filename, "exec")
    except SyntaxError as error:
        return False, str(error)
    return True, None


def _convert_video_systematic(builder, video_dir, converter, year):
    validate_snippet_syntax("def", filename=os.path.join(video_dir, "Scene.py"))
    raise ValueError("no snippet of " + os.path.basename(video_dir))
