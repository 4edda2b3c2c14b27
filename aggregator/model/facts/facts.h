/* What `reduce` keeps of the chunks and `conclude` starts from: integers and sorted facts only.
 *
 * Any grouping and order of chunks gives the same facts, so two sets can be merged (facts_merge): tables are
 * keyed by what things are, never by order of arrival; counters add; lists are sorted by (ticks, host, boot,
 * pid, start, sequence). Times are raw ticks of a host and boot until conclude turns them into wall time.
 * Strings and tables belong to the set's arena. */
#ifndef MODEL_FACTS_FACTS_H
#define MODEL_FACTS_FACTS_H

#include "base/arena.h"
#include "base/map.h"
#include "base/str.h"
#include "base/vec.h"
#include "model/facts/api.h"
#include "model/facts/fact.h"

#include <stdbool.h>
#include <stdint.h>

#define NONE UINT32_MAX /* an index that names nothing */

/* One reading of a host's clocks (a chunk header's, or clock_read). */
struct clock_pair {
    uint64_t ticks;
    int64_t realtime_ns;
    uint64_t monotonic_ns;
    uint32_t error_ticks;
};

/* A host and boot: the key is (name, boot_id). */
struct host {
    struct str name;
    uint8_t boot_id[16];
    uint8_t clock;      /* enum vl_clock */
    struct vec pairs;   /* of struct clock_pair, sorted by ticks; first and last of each 2^32 ticks */
    struct vec offsets; /* of struct utc_offset, sorted by ticks; first of each 2^32 ticks */
};

struct utc_offset {
    uint64_t ticks;
    int32_t seconds;
};

/* A video as a chunk named it: the key is (name, folder). "" and "": belongs to no video (_run). */
struct recorded_video {
    struct str name;   /* what stood for {video} */
    struct str folder; /* absolute, without trailing slash; "" when only VLSHIM_VIDEO named it */
    uint32_t pattern;  /* which of VLSHIM_VIDEO_PATHS matched, from 0 */
};

/* A program image within a process. */
struct image {
    uint64_t ticks;
    uint32_t number;  /* from 0; an exec adds one */
    uint8_t how;      /* enum vl_start */
    bool seen_inside; /* its own process_start was recorded; else known from an exec or spawn alone */
    struct str exe;
    struct str cwd;
    struct str argv;     /* words, each ended by NUL; may be cut: see argv_bytes */
    uint64_t argv_bytes; /* of all words with their NULs */
};

struct sample {
    uint64_t ticks;
    uint64_t user_us, system_us;
    uint64_t maxrss_kb; /* rusage: never below what the parent had at exec */
    uint64_t rss_kb;    /* 0: not known */
    uint64_t peak_kb;   /* VmHWM, this image's own; 0: not known */
    bool at_start;      /* the first one after its image began */
};

struct io_sum {
    uint64_t read_bytes, written_bytes;
    uint64_t read_ops, write_ops;
};

/* /proc/self/io when it was last looked at; moved.read_ops 0: never. storage: what was fetched from there,
 * and what was made to be sent there, io_uring's too; in whole pages. */
struct kernel_io {
    struct io_sum moved;
    uint64_t storage_read_bytes, storage_written_bytes;
};

/* A process: the key is (host, pid, start). start is 0 for one known only from its parent; pid and time of
 * the spawn tell such ones apart (conclude joins them). */
struct recorded_process {
    uint32_t host; /* index of struct host */
    uint32_t pid;
    uint64_t start; /* raw ticks */
    uint32_t ppid;
    uint64_t parent_start;
    uint64_t first_ticks, last_ticks; /* of anything recorded by it */
    struct vec images;                /* of struct image, by number */
    struct vec samples;               /* of struct sample, by ticks; thinned to SAMPLES_MAX */
    bool exit_seen;
    uint8_t exit_how; /* enum vl_exit */
    int64_t exit_status;
    uint64_t exit_ticks;
    struct io_sum io; /* all descriptors, sockets and pipes too */
    struct kernel_io kernel_io;
    struct vec videos; /* of uint32_t: index of struct recorded_video its events were filed under, sorted */
    struct vec text; /* of struct text_piece, by (ticks, sequence); the last TEXT_KEPT_BYTES of each stream */
    uint64_t text_bytes[3]; /* of text, by stream */
    uint64_t events;
};

#define SAMPLES_MAX     256
#define TEXT_KEPT_BYTES (64u << 10)

struct text_piece {
    uint64_t ticks;
    uint64_t sequence; /* chunk sequence << 32 | offset in the chunk: orders what has the same tick */
    uint32_t tid;
    uint32_t video;
    uint8_t stream; /* 1 or 2 */
    uint8_t flags;  /* enum vl_text_flag */
    struct str text;
};

/* What one process did to one file: the key is (process, path, video). */
struct file_use {
    uint32_t process;
    uint32_t video; /* the video it was filed under */
    struct str path;
    struct io_sum io;
    uint64_t opens;
    uint64_t first_ticks, last_ticks;
    uint64_t first_write_ticks, last_write_ticks; /* opened for writing or written; 0: never */
    uint64_t created_ticks; /* opened with O_CREAT|O_EXCL, O_TMPFILE or by mkstemp; 0: never */
    uint8_t type;           /* enum vl_fd_type */
    bool temp;              /* made below a temp folder by such a call */
};

/* Bytes that could not be read as a chunk, or a chunk that is not what it says. */
struct damage {
    struct str file; /* below the spool folder */
    uint64_t offset;
    uint64_t bytes;
    struct str what; /* one sentence */
};

struct facts {
    struct arena *arena;
    struct vec hosts;     /* of struct host */
    struct vec videos;    /* of struct recorded_video */
    struct vec processes; /* of struct recorded_process */
    struct vec files;     /* of struct file_use */
    struct vec events;    /* of struct fact */
    struct vec calls;     /* of struct api_call, by (process, connection, stream) */
    struct vec damages;   /* of struct damage */
    struct vec chunks;    /* of uint64_t: names of the chunks that are in it, sorted */
    uint64_t event_count;
    uint64_t dropped[64]; /* by enum vl_reason */
    struct map host_index, video_index, process_index, file_index, call_index;
    struct map open_index;    /* (process, path) -> the FACT_OPEN_WRITE in events */
    struct intern strings;    /* every path, name and word list once */
    struct vec spare_text[8]; /* of char *: room of texts given up, by size (facts_text.c) */
};

/* An empty set with an arena of its own. Errors: none, memory is never NULL. */
struct facts *facts_new(void);
void facts_free(struct facts *facts); /* NULL is fine */

/* Find or add; the index is good until facts_settle or facts_merge renumbers. Strings are copied. */
uint32_t facts_host(struct facts *facts, struct str name, const uint8_t boot_id[16], uint8_t clock);
uint32_t facts_video(struct facts *facts, struct str name, struct str folder, uint32_t pattern);
uint32_t facts_process(struct facts *facts, uint32_t host, uint32_t pid, uint64_t start);
uint32_t facts_file(struct facts *facts, uint32_t process, uint32_t video, struct str path);

/* The process of that key, or NONE. */
uint32_t facts_find_process(const struct facts *facts, uint32_t host, uint32_t pid, uint64_t start);

/* The same bytes, kept as long as the set. */
struct str facts_str(struct facts *facts, struct str s);

static inline struct recorded_process *facts_process_at(const struct facts *facts, uint32_t process)
{
    return VEC_AT(&facts->processes, struct recorded_process, process);
}

/* Each keeps its list's order and bound, and copies what it is given, strings too. */
void facts_add_pair(struct facts *facts, uint32_t host, struct clock_pair pair);
void facts_add_offset(struct facts *facts, uint32_t host, struct utc_offset offset);
void facts_add_image(struct facts *facts, uint32_t process, struct image image);
void facts_add_sample(struct facts *facts, uint32_t process, struct sample sample);
void facts_add_text(struct facts *facts, uint32_t process, struct text_piece piece);
void facts_add_video_of(struct facts *facts, uint32_t process, uint32_t video);
void facts_add_event(struct facts *facts, struct fact fact);
void facts_add_damage(struct facts *facts, struct damage damage);
void facts_add_call(struct facts *facts, const struct api_call *call); /* the parts that it has */
void facts_add_chunk(struct facts *facts, uint64_t name);
void facts_add_exit(struct facts *facts, uint32_t process, uint8_t how, int64_t status, uint64_t ticks);
void facts_add_parent(struct facts *facts, uint32_t process, uint32_t ppid, uint64_t parent_start);
void facts_add_use(struct facts *facts,
                   const struct file_use *use); /* sums, earliest, latest; path is copied */

void io_add(struct io_sum *into, const struct io_sum *from);
/* Of two readings of counters that only grow, the later. */
void kernel_io_raise(struct kernel_io *into, const struct kernel_io *from);

/* The earlier and the later of two times of which 0 means never. */
static inline uint64_t ticks_first(uint64_t a, uint64_t b) { return !a || (b && b < a) ? b : a; }
static inline uint64_t ticks_last(uint64_t a, uint64_t b) { return a > b ? a : b; }

/* Brings everything into canonical order and renumbers it: two sets with the same content are then the same.
 * Files and processes are in the order of their keys, events by (ticks, process, sequence). */
void facts_settle(struct facts *facts);

/* How many chunks are in both lists of names, as facts.chunks has them: what they say would count twice. */
size_t facts_chunks_shared(const struct vec *one, const struct vec *other);

/* Adds all of `from` (left as it is) to `into` and settles it. Any order and grouping gives the same. */
void facts_merge(struct facts *into, const struct facts *from);

/* <0, 0, >0 by (ticks, host, boot, pid, start, sequence, content); both of one settled set. */
int facts_order(const void *a, const void *b);

#endif
