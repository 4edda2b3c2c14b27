/* libFuzzer: any bytes as a file of a spool, through reading, reducing, merging and joining.
 *
 * The first byte says how the rest is used: even, as the file; odd, as the events of chunks with a right
 * header, cut into as many chunks as the byte's upper half says. */
#include "order/clock.h"
#include "processes/join_processes.h"
#include "read/chunk_reader.h"
#include "reduce/reduce.h"

#include "vl/version.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

static int input_fd = -1;
static char input_path[64];

static void reduce_all(struct facts *facts, struct damages *damages)
{
    struct spool_file file = {.path = str_of(input_path), .label = STR("_run/x.vls"), .folder = STR("_run")};
    static struct chunk_reader reader = {.fd = -1};
    struct reducer *reducer = reducer_new(facts);
    struct chunk chunk;
    struct err err = {0};
    if (chunk_reader_open(&reader, &file, damages, &err) == 0)
        while (chunk_reader_next(&reader, &chunk, &err) > 0) {
            uint32_t broken = reduce_chunk(reducer, &chunk);
            if (broken)
                chunk_broken(damages, &chunk, broken);
        }
    chunk_reader_close(&reader);
    reducer_free(reducer);
}

static void put(const void *bytes, size_t size, size_t offset)
{
    if (pwrite(input_fd, bytes, size, (off_t)offset) != (ssize_t)size)
        abort();
}

/* `size` bytes of events in chunks of one page. */
static void put_chunks(const uint8_t *data, size_t size, size_t chunks)
{
    static uint8_t page[VL_PAGE];
    for (size_t i = 0; i < chunks; i++) {
        size_t part = size / chunks < VL_PAGE - sizeof(struct vl_chunk) ? size / chunks
                                                                        : VL_PAGE - sizeof(struct vl_chunk);
        struct vl_chunk h = {
            .magic = VL_MAGIC,
            .version = VL_FORMAT_VERSION,
            .kind = VL_CHUNK_EVENTS,
            .header_bytes = sizeof h,
            .chunk_bytes = VL_PAGE,
            .sequence = (uint32_t)i,
            .process_start = 1 + i % 3,
            .pid = 1 + (uint32_t)i % 3,
            .ticks = 1000 * i,
            .clock = VL_CLOCK_TSC,
            .host = "fuzz",
        };
        memset(page, 0, sizeof page);
        memcpy(page, &h, sizeof h);
        memcpy(page + sizeof h, data + i * (size / chunks), part);
        put(page, sizeof page, i * VL_PAGE);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (input_fd < 0) {
        input_fd = memfd_create("input", MFD_CLOEXEC);
        snprintf(input_path, sizeof input_path, "/proc/self/fd/%d", input_fd);
    }
    if (size == 0 || ftruncate(input_fd, 0) < 0)
        return -1;
    if (data[0] & 1)
        put_chunks(data + 1, size - 1, (data[0] >> 4) + 1u);
    else
        put(data + 1, size - 1, 0);
    struct facts *facts = facts_new(), *other = facts_new();
    struct damages damages = {.arena = facts->arena};
    reduce_all(facts, &damages);
    facts_settle(facts);
    facts_merge(other, facts);
    join_processes(other->arena, other);
    struct clock *clocks = clocks_make(other->arena, other);
    VEC_EACH (struct fact, fact, &other->events)
        clock_realtime_ns(&clocks[facts_process_at(other, fact->process)->host], fact->ticks);
    facts_free(other);
    facts_free(facts);
    return 0;
}
