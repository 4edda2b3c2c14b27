/* read -> llm_calls: which transcripts of the claude program belong to a recording; for conclude.c.
 */
#ifndef USECASES_FIND_TRANSCRIPTS_H
#define USECASES_FIND_TRANSCRIPTS_H

#include "usecases/conclude.h"

#include "model/transcript.h"

/* What the spools' copies hold, and, where there is none yet and the recording was made on this host, what
 * the transcripts themselves do: that is then copied. In the tree's arena. */
struct transcripts find_transcripts(const struct tree *tree, const struct vec *claude_runs,
                                    const struct conclude_options *options);

#endif
