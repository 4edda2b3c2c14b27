/* Reads the transcripts of the claude program: usage and times alone, never text. */
#ifndef READ_TRANSCRIPTS_TRANSCRIPT_READER_H
#define READ_TRANSCRIPTS_TRANSCRIPT_READER_H

#include "read/transcripts/transcript_store.h"

/* Which sessions are of interest: those in one of the folders that lie within the time. */
struct transcript_wish {
    struct vec folders; /* of struct str; an empty one: any */
    struct vec keys;    /* of uint64_t: to hash prompts under */
    struct str host;    /* that they are of */
    int64_t from_ns, to_ns;
};

/* Adds what lies below home/projects. A folder or file that cannot be read is as if it were not there, and so
 * is a line that is no JSON. Returns whether there is such a folder. */
bool transcript_reader_collect(struct transcript_store *store, const char *home,
                               const struct transcript_wish *wish);

/* One line of a transcript. */
void transcript_line(struct transcript_store *store, struct str line, const struct transcript_wish *wish);

#endif
