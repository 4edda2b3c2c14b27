"""Calls each function of the pipeline's table, for a video of its own where it names one."""
import os

import build_dataset_pipeline
from enhanced_logging_system import ClaudeAPIMetrics, EnhancedVideoLogger, ErrorCategory, RetryAttempt


def log():
    """What their own logger is told of a video."""
    logger = EnhancedVideoLogger("outputs/2015/said", "said")
    logger.log_stage_start("rendering", "scene_low", {"workers": 2})
    logger.log_retry_attempt("rendering", RetryAttempt(1, "scene_low", "failed", 0.01, ErrorCategory.RUNTIME, "TypeError: no film", 128.5, 40.0))
    logger.log_claude_api_call(ClaudeAPIMetrics("abc12345", "", "claude-sonnet-4-5", 1250, 890, 2140, 0.006, 0.01))
    logger.log_claude_api_call(ClaudeAPIMetrics("def67890", "", "claude-sonnet-4-5", 0, 0, 0, 0.006, 0.01, False, "slow down", True))
    logger.log_retry_attempt("rendering", RetryAttempt(2, "claude_fix", "success", 0.01))
    logger.log_validation_attempt("render_validation", True, [], ["claude_fix"])
    logger.log_stage_complete("rendering", True, {"scenes_rendered": 1})


for video in "cleaned", "fallen", "broken", "converted", "rendered", "snippets", "said":
    os.makedirs("outputs/2015/" + video)
builder = build_dataset_pipeline.DatasetPipelineBuilder()
builder.run_matching_stage(2015)
try:
    builder.run_matching_stage(2016, force=True)
except ValueError as error:
    print(error)
builder.run_cleaning_stage(2015)
build_dataset_pipeline.HybridCleaner()._clean_single_video("oHg5SJYRHA0", "fallen", {}, 2015, mode="claude")
builder.run_conversion_stage(2015)
build_dataset_pipeline._convert_video_systematic(builder, "outputs/2015/broken", None, 2015)
log()
try:
    builder.run_rendering_stage(2015)
except RuntimeError as error:
    print(error)
