/* Bytes of a spool in memory, then in a file. */
#include "spool_writer.h"

#include "unit.h"

#include "vl/crc32c.h"
#include "vl/version.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

static uint8_t *grow(struct writer *w, size_t bytes)
{
    w->bytes = realloc(w->bytes, w->size + bytes);
    ck_assert_ptr_nonnull(w->bytes);
    uint8_t *fresh = memset(w->bytes + w->size, 0, bytes);
    w->size += bytes;
    return fresh;
}

static struct vl_chunk *header_of(struct writer *w)
{
    return (struct vl_chunk *)(void *)(w->bytes + w->chunk);
}

static void fill_header(struct vl_chunk *h)
{
    h->magic = VL_MAGIC;
    h->version = h->version ? h->version : VL_FORMAT_VERSION;
    h->kind = h->kind ? h->kind : VL_CHUNK_EVENTS;
    h->header_bytes = sizeof *h;
    h->chunk_bytes = h->chunk_bytes ? h->chunk_bytes : VL_PAGE;
    h->clock = h->clock ? h->clock : VL_CLOCK_MONOTONIC;
    h->pid = h->pid ? h->pid : 100;
    h->tid = h->tid ? h->tid : h->pid;
    h->process_start = h->process_start ? h->process_start : h->pid * 1000u;
    h->monotonic_ns = h->monotonic_ns ? h->monotonic_ns : h->ticks;
    h->realtime_ns = h->realtime_ns ? h->realtime_ns : WRITER_EPOCH_NS + (int64_t)h->monotonic_ns;
    if (!h->host[0])
        strcpy(h->host, "box");
    if (!h->boot_id[0])
        memset(h->boot_id, 0xab, sizeof h->boot_id);
}

void writer_begin(struct writer *w, struct vl_chunk header)
{
    fill_header(&header);
    w->chunk = w->size;
    w->used = sizeof header;
    memcpy(grow(w, header.chunk_bytes), &header, sizeof header);
}

void write_raw(struct writer *w, const void *bytes, size_t count)
{
    ck_assert_uint_le(w->used + count, header_of(w)->chunk_bytes);
    memcpy(w->bytes + w->chunk + w->used, bytes, count);
    w->used += count;
}

static uint8_t *put_fields(uint8_t *p, const struct shape *shape, const uint64_t *cell)
{
    for (unsigned i = 0; i < shape->count; i++) {
        enum field_type type = shape->fields[i].type;
        struct str s;
        if (type == FIELD_UNSIGNED || type == FIELD_SIGNED) {
            p = vl_put_varint(p, type == FIELD_SIGNED ? vl_zigzag((int64_t)*cell) : *cell);
            cell++;
            continue;
        }
        memcpy(&s, cell, sizeof s);
        cell += sizeof s / sizeof *cell;
        p = vl_put_varint(p, s.len);
        memcpy(p, s.ptr ? s.ptr : "", s.len);
        p += s.len;
    }
    return p;
}

void write_event(struct writer *w, unsigned code, uint64_t since, uint64_t took, const void *event)
{
    static uint8_t payload[2 * VL_EVENT_MAX];
    uint8_t head[1 + VL_VARINT_MAX] = {(uint8_t)code};
    uint8_t *p = vl_put_varint(vl_put_varint(payload, since), took);
    p = put_fields(p, &record_shapes[code], event);
    size_t length = (size_t)(p - payload), head_bytes = 1;
    if (!(code & VL_COMPACT))
        head_bytes = (size_t)(vl_put_varint(head + 1, length) - head);
    write_raw(w, head, head_bytes);
    write_raw(w, payload, length);
}

void writer_finish(struct writer *w)
{
    struct vl_chunk *h = header_of(w);
    h->used_bytes = (uint32_t)w->used;
    h->crc32c = vl_chunk_checksum(h, h->used_bytes, 0);
}

void writer_ring(struct writer *w, struct vl_chunk header, struct str text)
{
    header.kind = VL_CHUNK_RING;
    header.chunk_bytes = 2 * VL_PAGE;
    writer_begin(w, header);
    struct vl_ring *ring = (struct vl_ring *)(void *)header_of(w);
    ring->written = text.len;
    for (size_t i = 0; i < text.len; i++)
        ring->text[i % VL_RING_BYTES] = (uint8_t)text.ptr[i];
}

void writer_control(struct writer *w, unsigned reason, uint64_t count)
{
    writer_begin(w, (struct vl_chunk){.kind = VL_CHUNK_CONTROL});
    ((struct vl_control *)(void *)header_of(w))->dropped[reason] = count;
}

void writer_pad(struct writer *w, size_t pages) { grow(w, pages * VL_PAGE); }

const char *writer_save(const struct writer *w, const char *folder, const char *video)
{
    static char path[8192];
    snprintf(path, sizeof path, "%s/%s", folder, video);
    mkdir(path, 0700);
    snprintf(path, sizeof path, "%s/%s/box-abababababababab.vls", folder, video);
    FILE *out = fopen(path, "wb");
    ck_assert_ptr_nonnull(out);
    ck_assert_uint_eq(fwrite(w->bytes, 1, w->size, out), w->size);
    fclose(out);
    return path;
}

void writer_free(struct writer *w) { free(w->bytes); }
