/* Frame pointers, and which module an address lies in: by the loader's list and each object's program
 * headers. */
#include "crash_frames.h"

#include "hook.h"
#include "paths.h"

#include <elf.h>
#include <fcntl.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/uio.h>

#define HEADERS_MAX    32
#define MODULES_MAX    4096
#define BUILD_ID_MAX   20
#define NOTE_BYTES     1024
#define FRAME_STEP_MAX (1u << 20) /* bytes of one frame: more is no frame */

struct module {
    uintptr_t base;
    char path[PATH_BYTES];
    uint8_t build_id[BUILD_ID_MAX];
    uint32_t build_id_bytes;
    bool ours;
};

struct headers {
    uintptr_t base;
    uint32_t count;
    ElfW(Phdr) row[HEADERS_MAX];
};

bool crash_peek(uintptr_t address, void *out, size_t bytes)
{
    struct iovec to = {out, bytes}, from = {(void *)address, bytes};
    return raw6(SYS_process_vm_readv, raw(SYS_getpid), (long)&to, 1, (long)&from, 1, 0) == (long)bytes;
}

/* ---- modules ---- */

/* The program's own headers are where the kernel said; a library's follow its ELF header, where it is loaded.
 */
static bool headers_read(const struct link_map *map, bool program, struct headers *h)
{
    ElfW(Ehdr) elf;
    uintptr_t at = getauxval(AT_PHDR);
    h->base = map->l_addr;
    h->count = (uint32_t)getauxval(AT_PHNUM);
    if (!program) {
        if (!crash_peek(map->l_addr, &elf, sizeof elf) || memcmp(elf.e_ident, ELFMAG, SELFMAG) != 0)
            return false;
        at = map->l_addr + elf.e_phoff;
        h->count = elf.e_phnum;
    }
    return at && h->count > 0 && h->count <= HEADERS_MAX && crash_peek(at, h->row, h->count * sizeof *h->row);
}

static bool headers_hold(const struct headers *h, uintptr_t address)
{
    for (uint32_t i = 0; i < h->count; i++)
        if (h->row[i].p_type == PT_LOAD && (h->row[i].p_flags & PF_X) &&
            address - (h->base + h->row[i].p_vaddr) < h->row[i].p_memsz)
            return true;
    return false;
}

static uint32_t padded(uint32_t bytes) { return (bytes + 3) & ~3u; }

static uint32_t build_id_in(const uint8_t *notes, uint32_t bytes, uint8_t *out)
{
    ElfW(Nhdr) note;
    for (uint32_t at = 0; at + sizeof note <= bytes;) {
        memcpy(&note, notes + at, sizeof note);
        if (note.n_namesz > bytes || note.n_descsz > bytes)
            return 0;
        uint32_t name = at + (uint32_t)sizeof note, text = name + padded(note.n_namesz);
        if (text + note.n_descsz > bytes)
            return 0;
        if (note.n_type == NT_GNU_BUILD_ID && note.n_namesz == 4 && note.n_descsz <= BUILD_ID_MAX &&
            memcmp(notes + name, "GNU", 4) == 0) {
            memcpy(out, notes + text, note.n_descsz);
            return note.n_descsz;
        }
        at = text + padded(note.n_descsz);
    }
    return 0;
}

static void build_id_read(const struct headers *h, struct module *m)
{
    uint8_t notes[NOTE_BYTES];
    m->build_id_bytes = 0;
    for (uint32_t i = 0; i < h->count && m->build_id_bytes == 0; i++) {
        uint32_t bytes = h->row[i].p_filesz < NOTE_BYTES ? (uint32_t)h->row[i].p_filesz : NOTE_BYTES;
        if (h->row[i].p_type == PT_NOTE && crash_peek(h->base + h->row[i].p_vaddr, notes, bytes))
            m->build_id_bytes = build_id_in(notes, bytes, m->build_id);
    }
}

static void path_read(const struct link_map *map, bool program, struct module *m)
{
    struct path absolute;
    const char *name = map->l_name;
    m->path[0] = '\0';
    if (program) {
        long n = raw(SYS_readlinkat, AT_FDCWD, "/proc/self/exe", m->path, sizeof m->path - 1);
        m->path[n > 0 ? n : 0] = '\0';
    } else if (strchr(name, '/') && path_make(&absolute, AT_FDCWD, name)) {
        memcpy(m->path, absolute.text, absolute.length + 1);
    } else {
        strncat(m->path, name, sizeof m->path - 1);
    }
}

static bool module_find(uintptr_t address, struct module *m)
{
    const struct link_map *first = hook_first_link_map(), *ours = hook_own_link_map();
    struct headers headers;
    unsigned seen = 0;
    for (const struct link_map *map = first; map && seen < MODULES_MAX; map = map->l_next, seen++) {
        if (!headers_read(map, map == first, &headers) || !headers_hold(&headers, address))
            continue;
        m->base = headers.base;
        m->ours = map == ours;
        path_read(map, map == first, m);
        build_id_read(&headers, m);
        return true;
    }
    return false;
}

/* ---- the walk ---- */

static bool frame_add(struct crash_job *job, uint64_t ip, bool exact)
{
    if (job->frame_count == CRASH_FRAMES) {
        job->frames_cut = 1;
        return false;
    }
    job->frames[job->frame_count++] = (struct crash_frame){ip, exact};
    return true;
}

#if defined(__x86_64__)
/* Whether a call instruction ends there: with a relative target, or one in a register or memory. */
static bool is_behind_call(uintptr_t address)
{
    uint8_t code[7];
    if (!crash_peek(address - sizeof code, code, sizeof code))
        return false;
    for (unsigned i = 0; i + 1 < sizeof code; i++)
        if (i != 2 && code[i] == 0xff && ((code[i + 1] >> 3) & 7) == 2)
            return true;
    return code[2] == 0xe8;
}

/* A function that keeps no frame, or a call of an address where there is none: who called is on top of the
 * stack. */
static bool find_caller_at(uint64_t sp, uint64_t *caller, struct module *m)
{
    return crash_peek(sp, caller, sizeof *caller) && module_find(*caller, m) && is_behind_call(*caller);
}
#else
static bool find_caller_at(uint64_t sp, uint64_t *caller, struct module *m)
{
    (void)sp;
    (void)caller;
    (void)m;
    return false;
}
#endif

void crash_frames_walk(struct crash_job *job)
{
    static struct module m TABLE; /* one crash at a time */
    uint64_t fp = job->registers[CRASH_FP], sp = job->registers[CRASH_SP], ip = job->registers[CRASH_IP],
             saved[2], caller;
    frame_add(job, ip, true);
    if (find_caller_at(sp, &caller, &m))
        frame_add(job, caller, false);
    for (uint64_t below = sp; fp >= below && fp - below < FRAME_STEP_MAX && fp % sizeof fp == 0;) {
        if (!crash_peek(fp, saved, sizeof saved) || !module_find(saved[1], &m) ||
            !frame_add(job, saved[1], false))
            return;
        below = fp + sizeof saved;
        fp = saved[0];
    }
}

/* ---- writing ---- */

struct text {
    char *at, *end;
};

static void put(struct text *t, const char *s, size_t n)
{
    if ((size_t)(t->end - t->at) < n)
        n = (size_t)(t->end - t->at);
    memcpy(t->at, s, n);
    t->at += n;
}

static void put_hex(struct text *t, uint64_t v)
{
    char digits[16];
    size_t n = sizeof digits;
    do
        digits[--n] = "0123456789abcdef"[v & 15];
    while ((v >>= 4) > 0);
    put(t, digits + n, sizeof digits - n);
}

static void put_bytes(struct text *t, const uint8_t *bytes, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++) {
        put(t, &"0123456789abcdef"[bytes[i] >> 4], 1);
        put(t, &"0123456789abcdef"[bytes[i] & 15], 1);
    }
    if (count == 0)
        put(t, "-", 1);
}

/* A return address may lie behind the last instruction of its function; the call before it does not. */
static void put_frame(struct text *t, const struct crash_frame *frame, const struct module *m)
{
    put_hex(t, frame->ip);
    put(t, " ", 1);
    put_hex(t, frame->ip - (frame->exact ? 0 : 1) - m->base);
    put(t, " ", 1);
    put_bytes(t, m->build_id, m->build_id_bytes);
    put(t, " ", 1);
    put(t, m->path, strcspn(m->path, "\n"));
    put(t, "\n", 1);
}

size_t crash_frames_write(const struct crash_job *job, char *out, size_t bytes)
{
    static struct module m TABLE;
    struct text t = {out, out + bytes};
    for (uint32_t i = 0; i < job->frame_count && i < CRASH_FRAMES; i++) {
        const struct crash_frame *frame = &job->frames[i];
        char *before = t.at;
        if (!module_find(frame->ip - (frame->exact ? 0 : 1), &m))
            m = (struct module){.base = 0};
        if (m.ours && i > 0) /* a hook on the way; a fault of our own is told */
            continue;
        put_frame(&t, frame, &m);
        if (t.at == t.end) { /* only whole lines */
            t.at = before;
            break;
        }
    }
    return (size_t)(t.at - out);
}
