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
#define SLOT_WORD R_X86_64_64
#else
#define SLOT_JUMP R_AARCH64_JUMP_SLOT
#define SLOT_DATA R_AARCH64_GLOB_DAT
#define SLOT_WORD R_AARCH64_ABS64
#endif

struct module {
    ElfW(Addr) base, end, relro, relro_end;
    const ElfW(Dyn) * dynamic;
    const ElfW(Sym) * symbols;
    const char *strings;
};

struct job {
    const struct slot_library *libraries;
    size_t n;
    ElfW(Addr) first, last; /* between which the libraries' functions lie */
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
        if (h->p_type == PT_LOAD && m->base + h->p_vaddr + h->p_memsz > m->end)
            m->end = m->base + h->p_vaddr + h->p_memsz;
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

static const char *soname_of(const struct link_map *map)
{
    const char *strings = NULL, *name = NULL;
    for (const ElfW(Dyn) *d = map->l_ld; d->d_tag != DT_NULL; d++)
        if (d->d_tag == DT_STRTAB)
            strings =
                (const char *)(d->d_un.d_ptr < map->l_addr ? d->d_un.d_ptr + map->l_addr : d->d_un.d_ptr);
    for (const ElfW(Dyn) *d = map->l_ld; d->d_tag != DT_NULL && strings; d++)
        if (d->d_tag == DT_SONAME)
            name = strings + d->d_un.d_val;
    return name;
}

static bool needs_library(const struct module *m, const struct slot_library *library)
{
    const char *name = soname_of(library->map);
    for (const ElfW(Dyn) *d = m->dynamic; d->d_tag != DT_NULL && name; d++)
        if (d->d_tag == DT_NEEDED && strcmp(m->strings + d->d_un.d_val, name) == 0)
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

static bool holds(const struct slot_library *library, size_t hook, const void *value)
{
    return library->map && !library->detoured && library->hooks[hook].ours &&
           *library->hooks[hook].real == value;
}

/* Which library a slot of that hook leads to. One that the loader has yet to fill leads back into its module.
 */
static const struct slot_library *behind(const struct module *m, const struct job *job, size_t hook,
                                         const void *value)
{
    bool unfilled = (ElfW(Addr))value >= m->base && (ElfW(Addr))value < m->end;
    for (size_t l = 0; l < job->n; l++) {
        const struct slot_library *library = &job->libraries[l];
        if (holds(library, hook, value))
            return library;
        if (unfilled && library->map && holds(library, hook, *library->hooks[hook].real) &&
            needs_library(m, library))
            return library;
    }
    return NULL;
}

/* Most of a module's many lead elsewhere, and no name is compared for those. */
static bool may_lead_there(const struct module *m, const struct job *job, ElfW(Addr) value)
{
    return (value >= job->first && value <= job->last) || (value >= m->base && value < m->end);
}

static void take_slot(const struct module *m, const struct job *job, const ElfW(Rela) * r)
{
    void **slot = (void **)(m->base + r->r_offset);
    if (!*slot || !may_lead_there(m, job, (ElfW(Addr)) * slot))
        return;
    const char *name = m->strings + m->symbols[ELF64_R_SYM(r->r_info)].st_name;
    if (name[0] != job->libraries->hooks->name[0])
        return;
    for (size_t h = 0; h < job->libraries->n; h++) {
        if (strcmp(job->libraries->hooks[h].name, name) != 0)
            continue;
        const struct slot_library *library = behind(m, job, h, *slot);
        if (library)
            store(m, slot, library->hooks[h].ours);
        return;
    }
}

static bool is_slot(unsigned type, const ElfW(Rela) * r)
{
    return type == SLOT_JUMP || type == SLOT_DATA || (type == SLOT_WORD && ELF64_R_SYM(r->r_info) != 0);
}

/* skipped: entries at its beginning that name no symbol. */
static void take_table(const struct module *m, const struct job *job, ElfW(Sxword) where, ElfW(Sxword) size,
                       size_t skipped)
{
    const ElfW(Addr) table = entry_of(m, where);
    const ElfW(Rela) *r = (const ElfW(Rela) *)pointer_of(m, table);
    const size_t n = table ? entry_of(m, size) / sizeof *r : 0;
    for (size_t i = skipped; i < n; i++)
        if (is_slot((unsigned)ELF64_R_TYPE(r[i].r_info), &r[i]))
            take_slot(m, job, &r[i]);
}

/* What a library calls of its own is at work for a caller of ours. */
static bool is_library(const struct module *m, const struct job *job)
{
    for (size_t l = 0; l < job->n; l++)
        if (job->libraries[l].map && m->dynamic == job->libraries[l].dynamic)
            return true;
    return false;
}

static int take_module(struct dl_phdr_info *info, size_t bytes, void *argument)
{
    (void)bytes;
    const struct job *job = argument;
    struct module m;
    if (module_read(info, &m) && !is_library(&m, job)) {
        take_table(&m, job, DT_JMPREL, DT_PLTRELSZ, 0);
        take_table(&m, job, DT_RELA, DT_RELASZ, entry_of(&m, DT_RELACOUNT));
    }
    return 0;
}

void slots_begin(struct slot_library *library, const struct link_map *map)
{
    for (size_t h = 0; h < library->n; h++)
        __atomic_store_n(library->hooks[h].real, hook_find_in(map, library->hooks[h].name), __ATOMIC_RELEASE);
    library->map = map;
    library->dynamic = map->l_ld;
}

static void reach(struct job *job, const struct slot_library *library, size_t hook)
{
    ElfW(Addr) real = (ElfW(Addr)) * library->hooks[hook].real;
    if (!holds(library, hook, (void *)real) || !real)
        return;
    job->first = real < job->first ? real : job->first;
    job->last = real > job->last ? real : job->last;
}

void slots_take(const struct slot_library *libraries, size_t n)
{
    struct job job = {.libraries = libraries, .n = n, .first = (ElfW(Addr)) - 1};
    for (size_t l = 0; l < n; l++)
        for (size_t h = 0; h < libraries[l].n; h++)
            reach(&job, &libraries[l], h);
    dl_iterate_phdr(take_module, &job);
}

void *slots_ours(const struct slot_library *libraries, size_t n, const void *found)
{
    for (size_t l = 0; l < n; l++)
        for (size_t h = 0; h < libraries[l].n; h++)
            if (holds(&libraries[l], h, found))
                return libraries[l].hooks[h].ours;
    return NULL;
}
