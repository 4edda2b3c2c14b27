/* What a spool looks like on disk: folders, files, chunks, and the rule by which an event counts.
 *
 * SPOOL/<video>/<host>-<boot>-<spool>.vls, and SPOOL/_run/ for what belongs to no video. <boot> is the first
 * 16 hex digits of the kernel's boot id, <spool> 16 that tell this spool from others of the host
 * (vl_spool_id), so that their folders can be copied into one. A file is a row of chunks, each a multiple of
 * VL_PAGE long and aligned to it; pages of zeros between them are padding. Everything is in the byte order of
 * the host that wrote it, which is little endian.
 *
 * Commit rule: whoever writes stores an event's (a header's) first byte last. A zero where an event would
 * begin ends what the chunk holds. A chunk is finished when used_bytes is not 0; then crc32c is valid. */
#ifndef VL_SPOOL_H
#define VL_SPOOL_H

#include <stddef.h>
#include <stdint.h>

#define VL_PAGE           4096u
#define VL_CHUNK_MAX      (1u << 20)  /* bytes */
#define VL_EVENT_MAX      (32u << 10) /* bytes of one event, code and length included */
#define VL_MAGIC          0x3f4b4c56u /* "VLK?" read as little endian */
#define VL_FILE_SUFFIX    ".vls"
#define VL_RUN_FOLDER     "_run"
#define VL_VIDEO_NAME_MAX 200  /* bytes of a folder's name, escapes included */
#define VL_TEXT_PIECE_MAX 4096 /* bytes of one text_print */

/* Of the spool's folder, as stat tells it. */
static inline uint64_t vl_spool_id(uint64_t device, uint64_t inode)
{
    uint64_t id = (inode ^ (device << 40 | device >> 24)) * 0xff51afd7ed558ccdu;
    return id ^ id >> 32;
}

enum vl_chunk_kind {
    VL_CHUNK_EVENTS = 1,
    VL_CHUNK_RING = 2,   /* struct vl_ring: the end of a process's standard output */
    VL_CHUNK_CONTROL = 3 /* struct vl_control: the first page of the file in _run */
};

/* Whose exchanges with the network are worth knowing one by one. */
enum vl_program {
    VL_PROGRAM_ANY = 0,
    VL_PROGRAM_CLAUDE = 1 /* the claude program: its TLS cannot be read, but it can be timed */
};

enum vl_clock {
    VL_CLOCK_TSC = 1,      /* x86 time-stamp counter, or aarch64's cntvct_el0 */
    VL_CLOCK_MONOTONIC = 2 /* nanoseconds of CLOCK_MONOTONIC */
};

/* Ticks of one process are ticks of every process of the same host and boot. realtime_ns since 1970,
 * monotonic_ns of CLOCK_MONOTONIC, both read within error_ticks after ticks. */
struct vl_chunk {
    uint32_t magic;
    uint8_t version; /* VL_FORMAT_VERSION */
    uint8_t kind;    /* enum vl_chunk_kind */
    uint16_t header_bytes;
    uint32_t chunk_bytes;   /* header included */
    uint32_t used_bytes;    /* 0: not finished; else header and events */
    uint32_t crc32c;        /* of bytes 0-11 and 20 to used_bytes: all but these two fields */
    uint32_t sequence;      /* counts the chunks of one thread of one process, from 0 */
    uint64_t process_start; /* raw ticks; with host, boot and pid it names a process for ever */
    uint64_t parent_start;  /* 0: not known */
    uint32_t pid;
    uint32_t tid;
    uint32_t ppid;
    int32_t utc_offset_seconds; /* local time = UTC + this */
    uint64_t ticks;             /* raw: this and the two below are one reading */
    int64_t realtime_ns;
    uint64_t monotonic_ns;
    uint32_t error_ticks;
    uint8_t clock;      /* enum vl_clock */
    uint8_t tick_shift; /* events count in units of 2^tick_shift raw ticks */
    uint8_t nested;     /* 1: events of a signal handler that interrupted the recording of another */
    uint8_t program;    /* enum vl_program: of the process */
    uint8_t boot_id[16];
    char host[64]; /* ended by NUL */
};

/* The last VL_RING_BYTES that a process wrote to its standard output: byte i of the output is at
 * text[i % VL_RING_BYTES]. written counts all of them; both are zeroed when the process ends with status 0.
 */
#define VL_RING_BYTES 4096u
struct vl_ring {
    struct vl_chunk chunk;
    uint64_t written;
    uint8_t text[VL_RING_BYTES];
    uint64_t pipe;   /* the text is under the seal of that pipe (vl/seal.h); 0: it is not */
    uint64_t writer; /* as in a sealed text's head; byte i is at position VL_SEAL_RING + i */
    uint64_t from;   /* what was written before belongs to something else that stood there */
};

/* The pipes that are a claude program's standard input and output, entered before that program begins, so
 * that who writes into the one and reads from the other can tell. */
#define VL_PROMPT_PIPES 128u
struct vl_prompt_pipe {
    uint64_t inode;  /* stored last; 0: none */
    uint32_t pid;    /* of the program */
    uint32_t output; /* 1: its standard output */
};

/* Counters of one host and boot in one spool, shared by all its processes, changed with atomic adds. Valid
 * from all zeros: whoever claims offset 0 of the file in _run stores the header, the counters need none. */
struct vl_control {
    struct vl_chunk chunk;
    uint64_t claimed_bytes; /* of all files of this host and boot */
    uint64_t dropped[64];   /* by enum vl_reason: what no chunk could be had for */
    uint64_t prompt_key;    /* by chance, for prompt_seen; 0: not made yet */
    uint32_t prompt_count;  /* of pipes entered so far */
    uint32_t spare;
    struct vl_prompt_pipe prompts[VL_PROMPT_PIPES]; /* the latest, in turn */
};

_Static_assert(sizeof(struct vl_chunk) == 168, "the chunk header is part of the format");
_Static_assert(offsetof(struct vl_chunk, used_bytes) == 12, "the checksum leaves out what follows");
_Static_assert(offsetof(struct vl_chunk, sequence) == 20, "the checksum goes on here");
_Static_assert(offsetof(struct vl_chunk, ticks) == 56, "the clock reading is part of the format");
_Static_assert(offsetof(struct vl_chunk, boot_id) == 88, "the identity is part of the format");
_Static_assert(sizeof(struct vl_control) <= VL_PAGE, "the control chunk is one page");
_Static_assert(sizeof(struct vl_ring) <= 2 * VL_PAGE, "the ring is two pages");

#endif
