/* The way of the data through the stages; the only room that knows more than one of them.
 *
 * Functions return 0 or a negative enum err_code with the sentence in *err. */
#ifndef USECASES_READ_SPOOLS_H
#define USECASES_READ_SPOOLS_H

#include "base/err.h"
#include "model/chunk.h"
#include "model/facts/facts.h"
#include "model/io_report.h"

#include <stdio.h>

struct spools {
    struct arena *arena;
    struct vec files;   /* of struct spool_file, sorted */
    struct vec damages; /* of struct damage: what was found while listing */
};

/* Lists the recordings of one or several spool folders. Call spools_close after success and failure. */
int read_spools_open(struct spools *spools, char *const *folders, int count, struct err *err);
void read_spools_close(struct spools *spools);

/* Adds one file to the facts. `each`, when not NULL, sees every chunk after it was added. */
struct reducer;
struct chunk_reader;
struct chunk_visitor {
    void (*see)(struct chunk_visitor *visitor, const struct chunk *chunk);
};
int read_spools_file(struct facts *facts, struct reducer *reducer, struct chunk_reader *reader,
                     const struct spool_file *file, struct chunk_visitor *each, struct err *err);

/* Hears how far the reading is, in bytes; called now and then by the thread that called read_spools. */
struct read_listener {
    void (*progress)(struct read_listener *listener, uint64_t done, uint64_t all);
};

/* Reads everything into *facts, settled; the caller calls facts_free. `video`, when not NULL, leaves out
 * files of other folders than that one and _run. jobs: threads, at least 1; the result is the same.
 * listener may be NULL. */
int read_spools(const struct spools *spools, const char *video, unsigned jobs, struct read_listener *listener,
                struct facts **facts, struct err *err);

struct cat_options {
    const char *video; /* NULL: all; else this video's events alone, _run for those of none */
    bool definitions;  /* also what only tells how to read others: fd_define and its like */
};

/* Writes the events as JSON lines in order of time; a reader that goes away ends it without an error. */
int list_events(const struct spools *spools, const struct cat_options *options, FILE *out,
                struct facts **facts, struct err *err);

/* What happened to files and processes. Lists in the arena, strings of the facts. */
struct io_report sum_io(struct arena *arena, const struct facts *facts);

/* The same of files alone, for those who have the process tree. */
struct io_report sum_io_files(struct arena *arena, const struct facts *facts);

/* Writes it as JSON or as a table. */
int sum_io_write(const struct spools *spools, bool json, FILE *out, struct facts **facts, struct err *err);

#endif
