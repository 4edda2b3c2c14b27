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
struct session *store_session(struct transcript_store *store, struct str id);

/* Its first and last row, and where it was. */
void store_see(struct transcript_store *store, struct session *session, int64_t at_ns, struct str cwd);

void store_hash(struct transcript_store *store, struct session *session, struct session_hash hash);

/* Adds what is known of a session elsewhere. */
void store_session_copy(struct transcript_store *store, const struct session *from);

/* Of two rows of one message the one with more tokens stays. Texts are copied. */
void store_row(struct transcript_store *store, const struct session_row *row);

/* Adds what another one held. */
void store_merge(struct transcript_store *store, const struct transcripts *other);

/* In their order. The store may go on. */
struct transcripts store_all(struct transcript_store *store);

#endif
