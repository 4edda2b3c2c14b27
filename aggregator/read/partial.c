/* A head of fixed size, then the facts and the copies, deflated. */
#include "read/partial.h"

#include "read/read_all.h"

#include "base/atomic_file.h"
#include "base/diag.h"
#include "model/facts/facts_wire.h"
#include "model/transcript.h"

#include "vl/crc32c.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

#define RATIO_MAX 1040 /* deflate never does better */

/* Little endian. */
struct head {
    char magic[8];
    uint32_t version; /* FACTS_WIRE_VERSION */
    uint32_t crc32c;  /* of all bytes after it */
    uint64_t file_bytes, plain_bytes;
};

static const char magic[8] = {'\x89', 'V', 'L', 'P', 'A', 'R', 'T', '\n'};

#define CHECKED_FROM offsetof(struct head, file_bytes)

static uint32_t checksum(const uint8_t *file, size_t bytes)
{
#ifdef __x86_64__
    int has_instruction = __builtin_cpu_supports("sse4.2");
#else
    int has_instruction = 0;
#endif
    return vl_crc32c(0, file + CHECKED_FROM, bytes - CHECKED_FROM, has_instruction);
}

static void partial_wire(struct wire *w, struct partial *partial)
{
    facts_wire(w, partial->facts);
    WIRE_EACH (w, struct usage_copy, copy, &partial->copies) {
        wire_str(w, &copy->name);
        wire_str(w, &copy->text);
    }
}

/* The whole file; *bytes is its size. */
static uint8_t *file_of(struct arena *arena, const struct vec *plain, size_t *bytes)
{
    uLongf packed = compressBound(plain->count);
    uint8_t *file = arena_alloc(arena, sizeof(struct head) + packed);
    if (compress2(file + sizeof(struct head), &packed, plain->items, plain->count, 6) != Z_OK)
        diag_no_memory();
    *bytes = sizeof(struct head) + packed;
    struct head head = {.version = FACTS_WIRE_VERSION, .file_bytes = *bytes, .plain_bytes = plain->count};
    memcpy(head.magic, magic, sizeof magic);
    memcpy(file, &head, sizeof head);
    head.crc32c = checksum(file, *bytes);
    memcpy(file, &head, sizeof head);
    return file;
}

int partial_write(const char *path, const struct partial *partial, struct err *err)
{
    struct arena *arena = arena_new();
    struct wire wire = wire_writer(arena);
    struct partial all = *partial;
    struct atomic_file out;
    size_t bytes = 0;
    partial_wire(&wire, &all);
    uint8_t *file = file_of(arena, &wire.out, &bytes);
    int status = atomic_file_open(&out, path, err);
    if (!status) {
        fchmod(fileno(out.stream), 0600); /* as a spool's files */
        fwrite(file, 1, bytes, out.stream);
        status = atomic_file_commit(&out, err);
    }
    arena_free(arena);
    return status;
}

static int read_file(struct arena *arena, const char *path, uint8_t **file, size_t *bytes, struct err *err)
{
    struct stat st = {0};
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    ssize_t got = -1;
    if (fd >= 0 && fstat(fd, &st) == 0 && S_ISREG(st.st_mode)) {
        *file = arena_alloc(arena, (size_t)st.st_size);
        got = read_all(fd, *file, (size_t)st.st_size, 0);
    }
    int failed = errno;
    if (fd >= 0)
        close(fd);
    *bytes = (size_t)got;
    if (got >= 0)
        return 0;
    if (fd >= 0 && !S_ISREG(st.st_mode))
        return err_set(err, ERR_INPUT, "%s is no file; name what `vlagg fold --partial` wrote.", path);
    return err_set(err, ERR_INPUT, "%s cannot be read: %s.", path, strerror(failed));
}

/* What is wrong with the file, or 0. */
static int check(const char *path, const uint8_t *file, size_t bytes, struct head *head, struct err *err)
{
    size_t known = bytes < sizeof magic ? bytes : sizeof magic;
    if (memcmp(file, magic, known) != 0 || bytes == 0)
        return err_set(err, ERR_INPUT, "%s is no partial fold; name what `vlagg fold --partial` wrote.",
                       path);
    if (bytes < sizeof *head)
        return err_set(err, ERR_INPUT, "%s is cut off after %zu bytes; copy it again.", path, bytes);
    memcpy(head, file, sizeof *head);
    if (head->version != FACTS_WIRE_VERSION)
        return err_set(err, ERR_INPUT,
                       "%s is of version %u, and this vlagg reads version %d; fold its spool again with "
                       "--partial, or merge with the vlagg that wrote it.",
                       path, head->version, FACTS_WIRE_VERSION);
    if (bytes < head->file_bytes)
        return err_set(err, ERR_INPUT, "%s is cut off after %zu of %llu bytes; copy it again.", path, bytes,
                       (unsigned long long)head->file_bytes);
    if (bytes > head->file_bytes || checksum(file, bytes) != head->crc32c)
        return err_set(err, ERR_INPUT,
                       "%s is damaged: its checksum is wrong; copy it again, or fold its spool again.", path);
    return 0;
}

static bool unpack(struct partial *partial, const uint8_t *file, const struct head *head)
{
    size_t packed = head->file_bytes - sizeof *head;
    uLongf bytes = head->plain_bytes;
    if (bytes / RATIO_MAX > packed)
        return false;
    uint8_t *plain = arena_alloc(partial->facts->arena, bytes);
    if (uncompress(plain, &bytes, file + sizeof *head, packed) != Z_OK || bytes != head->plain_bytes)
        return false;
    struct wire wire = wire_reader(partial->facts->arena, plain, bytes);
    partial_wire(&wire, partial);
    arena_drop(partial->facts->arena, plain, bytes);
    return wire_good(&wire);
}

int partial_read(const char *path, struct partial *partial, struct err *err)
{
    struct arena *arena = arena_new();
    struct head head;
    uint8_t *file = NULL;
    size_t bytes = 0;
    *partial = (struct partial){.facts = facts_new()};
    int status = read_file(arena, path, &file, &bytes, err);
    if (!status)
        status = check(path, file, bytes, &head, err);
    if (!status && !unpack(partial, file, &head))
        status = err_set(err, ERR_INPUT, "%s does not hold what it should; fold its spool again.", path);
    arena_free(arena);
    return status;
}

void partial_free(struct partial *partial)
{
    facts_free(partial->facts);
    *partial = (struct partial){0};
}
