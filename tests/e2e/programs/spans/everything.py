"""Calls each function of the pipeline's table once, as the pipeline would."""
import build_dataset_pipeline
import hybrid_cleaner
from any_logger import EnhancedVideoLogger, RetryAttempt
from clean_matched_code import CodeCleaner
from claude_api_helper import ClaudeErrorFixer
from enhanced_scene_converter import SceneRenderValidator
from manimce_precompile_validator import ManimCEPrecompileValidator
from programmatic_cleaner import ProgrammaticCleaner
from render_videos import VideoRenderer
from systematic_pipeline_converter import _convert_video_systematic
from validation_failure_recovery import ValidationFailureRecovery


def attempt(call, *arguments, **named):
    try:
        print(call.__name__, call(*arguments, **named) is not None)
    except BaseException as error:
        print(call.__name__, type(error).__name__, error, error.__cause__)


def main():
    builder = build_dataset_pipeline.DatasetPipelineBuilder()
    attempt(builder.run_matching_stage, 2015)
    attempt(builder.run_cleaning_stage, 2015, force=True)
    attempt(builder.run_conversion_stage, 2015)
    attempt(builder.run_rendering_stage, year=2015)
    attempt(hybrid_cleaner.HybridCleaner()._clean_single_video, "dQw4", "inventing-math", {"big": 1}, 2015)
    attempt(ProgrammaticCleaner().clean_video_files, "dQw4", caption_dir="euler-poem")
    attempt(_convert_video_systematic, builder, "outputs/2015/moser", None, 2015)
    attempt(ManimCEPrecompileValidator().validate_file, "a.py", content="import manim")
    attempt(SceneRenderValidator.validate_scene_by_rendering, "code", "Scene", "/nowhere")
    attempt(ValidationFailureRecovery().auto_fix_validation_failure, "code", "NameError: x", "Scene")
    attempt(VideoRenderer().render_video, 2015, "moser", quality="h")
    attempt(VideoRenderer().render_video_from_snippets, 2015, "moser")
    attempt(ClaudeErrorFixer().fix_render_error, "Scene", "code", "NameError", attempt_number=2)
    attempt(CodeCleaner().run_claude_cleaning, "the prompt", "dQw4", "moser", 2015, 100)
    logger = EnhancedVideoLogger("outputs/2015/moser", "moser")
    attempt(logger.log_stage_start, "rendering", "scene_low")
    attempt(logger.log_retry_attempt, "rendering", RetryAttempt(2, "claude_fix"))
    attempt(logger.log_validation_attempt, "syntax_validation", False, errors=["bad"])
    attempt(logger.log_stage_complete, "rendering", False, {"status": "failed"}, error="boom")


main()
