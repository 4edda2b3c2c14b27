/* What the transcripts of the claude program say of its calls: usage and times, never text.
 *
 * Everything belongs to the arena of whoever read them. */
#ifndef MODEL_TRANSCRIPT_H
#define MODEL_TRANSCRIPT_H

#include "base/vec.h"
#include "model/call.h"

/* Of its first prompt, under one key: see vl/prompt.h. */
struct session_hash {
    uint64_t key, hash;
};

struct session {
    struct str id, cwd, host;
    int64_t first_ns, last_ns; /* of its rows */
    int64_t prompt_bytes;      /* without white space; -1: not known */
    struct vec hashes;         /* of struct session_hash, by key */
};

/* An answer of the API, or an error that the program met and repeated. */
struct session_row {
    struct str session, message_id, request_id, model, stop_reason, service_tier;
    struct str error_type, error_message;
    int64_t at_ns;
    int64_t http_status; /* of an error; -1 */
    int64_t wait_ns;     /* until the error was to be repeated; -1 */
    struct tokens tokens;
    bool is_error, sidechain;
};

struct transcripts {
    struct vec sessions; /* of struct session, by id */
    struct vec rows;     /* of struct session_row, each message once, by (session, time) */
};

/* What a spool keeps of a host's transcripts (read/transcripts/usage_file.h), wherever it is. */
struct usage_copy {
    struct str name; /* <host>-<boot>.usage.jsonl, whichever spool it was in */
    struct str text;
};

#endif
