/* Writes spools by the format alone, so that tests need no recorder.
 *
 *   struct writer w = {0};
 *   writer_begin(&w, (struct vl_chunk){.pid = 7, ...});     a chunk's header; what is 0 gets a value that
 * fits WRITE(&w, file_write, since, took, .fd = 3, .bytes = 5); fields by their names in events.def
 *   writer_finish(&w);                                       checksum; leave it out for a chunk left open
 *   writer_save(&w, folder, "video");                        makes folder/video/host-boot.vls
 *   writer_free(&w); */
#ifndef UNIT_SPOOL_WRITER_H
#define UNIT_SPOOL_WRITER_H

#include "model/record.h"

#include "vl/spool.h"

struct writer {
    uint8_t *bytes; /* of the file so far, whole chunks */
    size_t size;
    size_t chunk; /* where the open one begins */
    size_t used;  /* bytes of it */
};

/* chunk_bytes 0: one page. Ticks are nanoseconds of CLOCK_MONOTONIC unless .clock says otherwise; the first
 * chunk's header says 2026-01-01 at tick 0. */
void writer_begin(struct writer *w, struct vl_chunk header);

void write_event(struct writer *w, unsigned code, uint64_t since, uint64_t took, const void *event);
#define WRITE(w, name, since, took, ...)                                                                     \
    write_event((w), VL_##name, (since), (took), &(struct event_##name){__VA_ARGS__})

/* Any bytes where the next event would be. */
void write_raw(struct writer *w, const void *bytes, size_t count);

void writer_finish(struct writer *w);

/* A ring chunk of the given process whose output was `text` (of `written` bytes in all). */
void writer_ring(struct writer *w, struct vl_chunk header, struct str text);

/* The page of counters. */
void writer_control(struct writer *w, unsigned reason, uint64_t count);

/* Pages of zeros. */
void writer_pad(struct writer *w, size_t pages);

/* Returns the file's path, valid until the next call. */
const char *writer_save(const struct writer *w, const char *folder, const char *video);
void writer_free(struct writer *w);

#define WRITER_EPOCH_NS 1767225600000000000 /* 2026-01-01T00:00:00Z */

#endif
