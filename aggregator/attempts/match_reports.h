/* Joins what the program said of itself with what was seen of the same thing. */
#ifndef ATTEMPTS_MATCH_REPORTS_H
#define ATTEMPTS_MATCH_REPORTS_H

#include "timeline/video_context.h"

/* The word that a note is; `alone`: nothing else tells of it. */
struct self_report self_report_of(const struct signal *signal, bool alone);

/* Calls of the Claude API that the program told of: which of the story's calls they are. */
void match_reports_of_calls(struct video_context *t);

/* Attempts and checks that were seen, and that the program told of, too. */
void match_reports_find(struct video_context *t);

#endif
