/* Writes a spool of many events for measuring: make_spool FOLDER EVENTS VIDEOS
 *
 * Nine in ten events move bytes of one of eight open files, as a busy program does; chunks are of 64 KiB,
 * finished, with a file and a process for each video. */
#include "model/record.h"
#include "vl/crc32c.h"
#include "vl/spool.h"
#include "vl/version.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

#define CHUNK_BYTES 65536u
#define FILES       8

static uint8_t chunk[CHUNK_BYTES] __attribute__((aligned(8)));
static uint64_t state = 1, ticks = 1000000;

static uint64_t by_chance(uint64_t below)
{
    state = state * 6364136223846793005u + 1442695040888963407u;
    return (state >> 33) % below;
}

static uint8_t *put_open(uint8_t *p, unsigned fd)
{
    uint8_t rest[200], *q = vl_put_varint(vl_put_varint(rest, 200), 150);
    q = vl_put_varint(vl_put_varint(q, vl_zigzag((int)fd)), 0);
    q = vl_put_varint(vl_put_varint(q, 0), 0);
    int len = sprintf((char *)q + 1, "/data/outputs/2015/video/file-%u-%u", fd, (unsigned)by_chance(50));
    *q = (uint8_t)len;
    q += 1 + len;
    *p++ = VL_file_open;
    p = vl_put_varint(p, (uint64_t)(q - rest));
    memcpy(p, rest, (size_t)(q - rest));
    return p + (q - rest);
}

static uint8_t *put_move(uint8_t *p)
{
    uint64_t since = 20 + by_chance(200);
    ticks += since << 3;
    *p++ = by_chance(3) ? VL_file_read : VL_file_write;
    p = vl_put_varint(vl_put_varint(p, since), 10 + by_chance(60));
    return vl_put_varint(vl_put_varint(p, 3 + by_chance(FILES)),
                         by_chance(4) ? 64 + by_chance(4000) : 131072);
}

/* Fills a chunk; returns its events. */
static unsigned long fill(unsigned video, unsigned sequence)
{
    struct vl_chunk h = {
        .magic = VL_MAGIC,
        .version = VL_FORMAT_VERSION,
        .kind = VL_CHUNK_EVENTS,
        .header_bytes = sizeof h,
        .chunk_bytes = CHUNK_BYTES,
        .sequence = sequence,
        .process_start = 1000 + video,
        .pid = 100 + video,
        .tid = 100 + video,
        .ticks = ticks,
        .realtime_ns = 1767225600000000000 + (int64_t)ticks,
        .monotonic_ns = ticks,
        .clock = VL_CLOCK_MONOTONIC,
        .tick_shift = 3,
        .host = "bench",
    };
    uint8_t *p = chunk + sizeof h;
    unsigned long events = FILES;
    memset(chunk, 0, sizeof chunk);
    for (unsigned fd = 3; fd < 3 + FILES; fd++)
        p = put_open(p, fd);
    for (; p < chunk + CHUNK_BYTES - 300; events++)
        p = by_chance(2000) ? put_move(p) : put_open(p, 3 + (unsigned)by_chance(FILES));
    h.used_bytes = (uint32_t)(p - chunk);
    memcpy(chunk, &h, sizeof h);
    ((struct vl_chunk *)chunk)->crc32c = vl_chunk_checksum(chunk, h.used_bytes, 0);
    return events;
}

int main(int argc, char **argv)
{
    char path[4096];
    unsigned long wanted = argc > 2 ? strtoul(argv[2], NULL, 10) : 0, written = 0;
    unsigned videos = argc > 3 ? (unsigned)strtoul(argv[3], NULL, 10) : 0;
    if (!wanted || !videos)
        return fprintf(stderr, "usage: make_spool FOLDER EVENTS VIDEOS\n"), 2;
    mkdir(argv[1], 0700);
    for (unsigned v = 0; v < videos; v++) {
        snprintf(path, sizeof path, "%s/video-%u", argv[1], v);
        mkdir(path, 0700);
        snprintf(path, sizeof path, "%s/video-%u/bench-0000000000000000.vls", argv[1], v);
        FILE *out = fopen(path, "wb");
        if (!out)
            return perror(path), 3;
        for (unsigned s = 0; written < wanted / videos * (v + 1); s++) {
            written += fill(v, s);
            fwrite(chunk, 1, sizeof chunk, out);
        }
        if (fclose(out))
            return perror(path), 3;
    }
    printf("%lu\n", written);
    return 0;
}
