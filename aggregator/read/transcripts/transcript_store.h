/* Sessions and rows while they are gathered: each message once, however often transcripts repeat it. */
#ifndef READ_TRANSCRIPTS_TRANSCRIPT_STORE_H
#define READ_TRANSCRIPTS_TRANSCRIPT_STORE_H

#include "base/arena.h"
#include "base/map.h"
#include "model/transcript.h"

struct transcript_store {
    struct arena *arena;
    struct vec sessions, rows; /* of struct session, struct session_row */
    struct map session_index, message_index;
    struct intern strings;
};

/* The session of that id, made when it is new. */
struct session *transcript_store_session(struct transcript_store *store, struct str id);

/* Its first and last row, and where it was. */
void transcript_store_see(struct transcript_store *store, struct session *session, int64_t at_ns,
                          struct str cwd);

void transcript_store_hash(struct transcript_store *store, struct session *session, struct session_hash hash);

/* Adds what is known of a session elsewhere. */
void transcript_store_session_copy(struct transcript_store *store, const struct session *from);

/* Of two rows of one message the one with more tokens stays. Texts are copied. */
void transcript_store_row(struct transcript_store *store, const struct session_row *row);

/* Adds what another one held. */
void transcript_store_merge(struct transcript_store *store, const struct transcripts *other);

/* In their order. The store may go on. */
struct transcripts transcript_store_all(struct transcript_store *store);

#endif
