/* By the loader's list and each object's program headers. */
#include "crash/modules.h"

#include "hook.h"

#include <elf.h>
#include <fcntl.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/uio.h>

#define HEADERS_MAX 32
#define MODULES_MAX 4096
#define NOTE_BYTES  1024

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

bool module_find(uintptr_t address, struct module *m)
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
