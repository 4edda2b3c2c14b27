/* Walking the relocations of the loaded modules. */
#include "slots.h"

#include "hook.h"

#include <elf.h>
#include <stdbool.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/mman.h>

#if defined(__x86_64__)
#define SLOT_JUMP R_X86_64_JUMP_SLOT
#define SLOT_DATA R_X86_64_GLOB_DAT
#else
#define SLOT_JUMP R_AARCH64_JUMP_SLOT
#define SLOT_DATA R_AARCH64_GLOB_DAT
#endif

struct module {
    ElfW(Addr) base, relro, relro_end;
    const ElfW(Dyn) * dynamic;
    const ElfW(Sym) * symbols;
    const char *strings;
};

struct job {
    const char *library;
    const struct slot_hook *hooks;
    size_t n;
};

/* glibc relocates these pointers in place, but not the vDSO's. */
static ElfW(Addr) pointer_of(const struct module *m, ElfW(Addr) p) { return p < m->base ? p + m->base : p; }

static ElfW(Addr) entry_of(const struct module *m, ElfW(Sxword) tag)
{
    for (const ElfW(Dyn) *d = m->dynamic; d->d_tag != DT_NULL; d++)
        if (d->d_tag == tag)
            return d->d_un.d_val;
    return 0;
}

static bool module_read(const struct dl_phdr_info *info, struct module *m)
{
    *m = (struct module){.base = info->dlpi_addr};
    for (int i = 0; i < info->dlpi_phnum; i++) {
        const ElfW(Phdr) *h = &info->dlpi_phdr[i];
        if (h->p_type == PT_DYNAMIC)
            m->dynamic = (const ElfW(Dyn) *)(m->base + h->p_vaddr);
        if (h->p_type == PT_GNU_RELRO) {
            m->relro = m->base + h->p_vaddr;
            m->relro_end = m->relro + h->p_memsz;
        }
    }
    if (!m->dynamic)
        return false;
    m->symbols = (const ElfW(Sym) *)pointer_of(m, entry_of(m, DT_SYMTAB));
    m->strings = (const char *)pointer_of(m, entry_of(m, DT_STRTAB));
    return m->symbols && m->strings;
}

static bool needs_library(const struct module *m, const char *library)
{
    for (const ElfW(Dyn) *d = m->dynamic; d->d_tag != DT_NULL; d++)
        if (d->d_tag == DT_NEEDED && strcmp(m->strings + d->d_un.d_val, library) == 0)
            return true;
    return false;
}

/* What the linker made read-only after it had relocated is so again afterwards. */
static void store(const struct module *m, void **slot, void *value)
{
    ElfW(Addr) page = getauxval(AT_PAGESZ), at = (ElfW(Addr))slot & -page;
    bool locked = (ElfW(Addr))slot >= m->relro && (ElfW(Addr))slot < m->relro_end;
    if (locked && raw(SYS_mprotect, at, page, PROT_READ | PROT_WRITE) != 0)
        return;
    __atomic_store_n(slot, value, __ATOMIC_RELEASE);
    if (locked)
        raw(SYS_mprotect, at, page, PROT_READ);
}

static void take_table(const struct module *m, const struct job *job, ElfW(Sxword) where, ElfW(Sxword) size)
{
    const ElfW(Rela) *r = (const ElfW(Rela) *)pointer_of(m, entry_of(m, where));
    size_t n = entry_of(m, size) / sizeof *r;
    for (size_t i = 0; i < n && entry_of(m, where); i++) {
        unsigned type = (unsigned)ELF64_R_TYPE(r[i].r_info);
        if (type != SLOT_JUMP && type != SLOT_DATA)
            continue;
        const char *name = m->strings + m->symbols[ELF64_R_SYM(r[i].r_info)].st_name;
        for (size_t h = 0; h < job->n; h++) {
            void **slot = (void **)(m->base + r[i].r_offset);
            if (*job->hooks[h].real && strcmp(job->hooks[h].name, name) == 0 && *slot != job->hooks[h].ours)
                store(m, slot, job->hooks[h].ours);
        }
    }
}

static int take_module(struct dl_phdr_info *info, size_t bytes, void *argument)
{
    (void)bytes;
    const struct job *job = argument;
    struct module m;
    if (module_read(info, &m) && needs_library(&m, job->library)) {
        take_table(&m, job, DT_JMPREL, DT_PLTRELSZ);
        take_table(&m, job, DT_RELA, DT_RELASZ);
    }
    return 0;
}

static void find(const struct link_map *library, const struct slot_hook *hooks, size_t n)
{
    for (size_t h = 0; h < n; h++)
        __atomic_store_n(hooks[h].real, hook_find_in(library, hooks[h].name), __ATOMIC_RELEASE);
}

void slots_take(const char *prefix, const struct slot_hook *asked, size_t n_asked,
                const struct slot_hook *hooks, size_t n_hooks)
{
    struct job job = {NULL, hooks, n_hooks};
    const struct link_map *library = hook_find_library(prefix, &job.library);
    if (!library)
        return;
    find(library, asked, n_asked);
    find(library, hooks, n_hooks);
    dl_iterate_phdr(take_module, &job);
}
