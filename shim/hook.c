/* Finding the function behind ours. dlsym would take the loader's locks, may allocate, and clears dlerror. */
#include "hook.h"

#include <elf.h>
#include <errno.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

/* The loader's own; weak, so that the loader need not be named as a dependency. */
extern struct r_debug _r_debug __attribute__((weak));
extern ElfW(Dyn) _DYNAMIC[] __attribute__((visibility("hidden")));

#define VERSION_HIDDEN 0x8000u

struct object {
    ElfW(Addr) base;
    const ElfW(Sym) * symbols;
    const char *strings;
    const uint32_t *gnu_hash;
    const uint32_t *sysv_hash;    /* of objects that have no other */
    const uint16_t *versions;     /* NULL: none */
    const ElfW(Verdef) * defined; /* versions that it defines; NULL: none */
};

static bool object_read(const struct link_map *map, struct object *o)
{
    *o = (struct object){.base = map->l_addr};
    if (!map->l_ld)
        return false;
    for (const ElfW(Dyn) *d = map->l_ld; d->d_tag != DT_NULL; d++) {
        /* glibc relocates these pointers in place, but not the vDSO's. */
        ElfW(Addr) p = d->d_un.d_ptr < map->l_addr ? d->d_un.d_ptr + map->l_addr : d->d_un.d_ptr;
        switch (d->d_tag) {
        case DT_SYMTAB:
            o->symbols = (const ElfW(Sym) *)p;
            break;
        case DT_STRTAB:
            o->strings = (const char *)p;
            break;
        case DT_GNU_HASH:
            o->gnu_hash = (const uint32_t *)p;
            break;
        case DT_HASH:
            o->sysv_hash = (const uint32_t *)p;
            break;
        case DT_VERSYM:
            o->versions = (const uint16_t *)p;
            break;
        case DT_VERDEF:
            o->defined = (const ElfW(Verdef) *)p;
            break;
        }
    }
    return o->symbols && o->strings && (o->gnu_hash || o->sysv_hash);
}

/* A name and its hash in the tables of either kind. */
struct wanted {
    const char *name;
    uint32_t gnu, sysv;
    unsigned types;      /* a set of symbol types */
    const char *version; /* NULL: the default one */
};

static struct wanted want(const char *name, unsigned types)
{
    struct wanted w = {.name = name, .gnu = 5381, .types = types};
    for (; *name; name++) {
        uint32_t c = (uint8_t)*name, h = (w.sysv << 4) + c;
        w.gnu = w.gnu * 33 + c;
        w.sysv = (h ^ (h >> 24 & 0xf0)) & 0x0fffffff;
    }
    return w;
}

/* Sets of symbol types. */
#define FUNCTIONS (1u << STT_FUNC | 1u << STT_GNU_IFUNC)
#define VARIABLES (1u << STT_OBJECT)

/* The name of a version that the object defines; "": that of what has none. */
static const char *version_name(const struct object *o, unsigned index)
{
    const ElfW(Verdef) *d = index > 1 ? o->defined : NULL;
    while (d && d->vd_ndx != index)
        d = d->vd_next ? (const ElfW(Verdef) *)((const char *)d + d->vd_next) : NULL;
    return d ? o->strings + ((const ElfW(Verdaux) *)((const char *)d + d->vd_aux))->vda_name : "";
}

/* As the loader binds: what has no version stands for each. */
static bool version_fits(const struct object *o, uint32_t index, const struct wanted *w)
{
    if (!o->versions)
        return true;
    if (!w->version)
        return !(o->versions[index] & VERSION_HIDDEN);
    const char *version = version_name(o, o->versions[index] & ~VERSION_HIDDEN);
    return *version == '\0' || strcmp(version, w->version) == 0;
}

static bool symbol_fits(const struct object *o, uint32_t index, const struct wanted *w)
{
    const ElfW(Sym) *s = &o->symbols[index];
    return s->st_shndx != SHN_UNDEF && s->st_value != 0 && (w->types & 1u << (s->st_info & 15)) != 0 &&
           strcmp(o->strings + s->st_name, w->name) == 0 && version_fits(o, index, w);
}

/* Buckets, chains: the old form, which `ld --hash-style=sysv` still makes. */
static uint32_t sysv_lookup(const struct object *o, const struct wanted *w)
{
    const uint32_t *bucket = o->sysv_hash + 2, *chain = bucket + o->sysv_hash[0];
    if (o->sysv_hash[0] == 0)
        return 0;
    for (uint32_t i = bucket[w->sysv % o->sysv_hash[0]]; i != 0; i = chain[i])
        if (symbol_fits(o, i, w))
            return i;
    return 0;
}

/* The symbol's index, or 0. Table layout: header, Bloom filter, buckets, chains (docs of binutils'
 * --hash-style). */
static uint32_t object_lookup(const struct object *o, const struct wanted *wanted)
{
    if (!o->gnu_hash)
        return sysv_lookup(o, wanted);
    const uint32_t *t = o->gnu_hash, hash = wanted->gnu;
    uint32_t buckets = t[0], first = t[1], words = t[2], shift = t[3];
    const ElfW(Addr) *bloom = (const ElfW(Addr) *)(t + 4);
    const uint32_t *bucket = (const uint32_t *)(bloom + words);
    const uint32_t *chain = bucket + buckets;
    unsigned bits = 8 * sizeof(ElfW(Addr));
    ElfW(Addr) word = bloom[(hash / bits) % words];
    if (buckets == 0 || !((word >> (hash % bits)) & (word >> ((hash >> shift) % bits)) & 1))
        return 0;
    for (uint32_t i = bucket[hash % buckets]; i >= first && i != 0; i++) {
        uint32_t h = chain[i - first];
        if ((h | 1) == (hash | 1) && symbol_fits(o, i, wanted))
            return i;
        if (h & 1)
            break;
    }
    return 0;
}

static void *symbol_address(const struct object *o, uint32_t index)
{
    const ElfW(Sym) *s = &o->symbols[index];
    void *address = (void *)(o->base + s->st_value);
    if ((s->st_info & 15) == STT_GNU_IFUNC)
        return ((void *(*)(void))address)();
    return address;
}

const struct link_map *hook_first_link_map(void) { return &_r_debug ? _r_debug.r_map : NULL; }

const struct link_map *hook_own_link_map(void)
{
    const struct link_map *map = hook_first_link_map();
    while (map && map->l_ld != _DYNAMIC)
        map = map->l_next;
    return map;
}

static bool is_named_as_we_are(const char *path)
{
    const char *slash = strrchr(path, '/');
    return strcmp(slash ? slash + 1 : path, "libvlshim.so") == 0;
}

bool hook_is_the_first(void)
{
    const struct link_map *map = hook_first_link_map();
    while (map && map->l_ld != _DYNAMIC && !is_named_as_we_are(map->l_name))
        map = map->l_next;
    return map && map->l_ld == _DYNAMIC;
}

static void *address_in(const struct object *o, const struct wanted *w)
{
    uint32_t index = object_lookup(o, w);
    return index != 0 ? symbol_address(o, index) : NULL;
}

static COLD void *find_behind(const char *name, const char *version)
{
    struct wanted wanted = want(name, FUNCTIONS);
    wanted.version = version;
    const struct link_map *map = hook_own_link_map();
    for (map = map ? map->l_next : NULL; map; map = map->l_next) {
        struct object o;
        void *found = object_read(map, &o) ? address_in(&o, &wanted) : NULL;
        if (found)
            return found;
    }
    return NULL;
}

COLD void *hook_find(const char *name) { return find_behind(name, NULL); }

COLD void *hook_find_in(const struct link_map *library, const char *name)
{
    struct object o;
    struct wanted wanted = want(name, FUNCTIONS);
    return object_read(library, &o) ? address_in(&o, &wanted) : NULL;
}

COLD void hook_find_row(const struct link_map *library, const struct hook_wanted *row, size_t count,
                        void **found)
{
    struct object own, program;
    bool is_read = object_read(library, &own), copies = object_read(hook_first_link_map(), &program);
    for (size_t i = 0; i < count; i++) {
        struct wanted wanted = want(row[i].name, row[i].data ? VARIABLES : FUNCTIONS);
        found[i] = row[i].data && copies ? address_in(&program, &wanted) : NULL;
        if (!found[i] && is_read)
            found[i] = address_in(&own, &wanted);
    }
}

COLD size_t hook_size_in(const struct link_map *library, const char *name)
{
    struct object o;
    struct wanted wanted = want(name, FUNCTIONS | VARIABLES);
    uint32_t index = object_read(library, &o) ? object_lookup(&o, &wanted) : 0;
    return index != 0 ? o.symbols[index].st_size : 0;
}

COLD const struct link_map *hook_find_library(const char *prefix, const char **soname)
{
    const struct link_map *map = hook_own_link_map();
    for (map = map ? map->l_next : NULL; map; map = map->l_next) {
        struct object o;
        if (!object_read(map, &o))
            continue;
        for (const ElfW(Dyn) *d = map->l_ld; d->d_tag != DT_NULL; d++) {
            *soname = o.strings + d->d_un.d_val;
            if (d->d_tag == DT_SONAME && strncmp(*soname, prefix, strlen(prefix)) == 0)
                return map;
        }
    }
    return NULL;
}

COLD void *hook_find_data(const char *name, const struct link_map **where)
{
    struct wanted wanted = want(name, VARIABLES);
    for (const struct link_map *map = hook_first_link_map(); map; map = map->l_next) {
        struct object o;
        uint32_t index = object_read(map, &o) ? object_lookup(&o, &wanted) : 0;
        if (index != 0) {
            *where = map;
            return symbol_address(&o, index);
        }
    }
    return NULL;
}

struct search {
    const char *name;
    bool behind; /* this library was met */
    void *found;
};

static int search_object(struct dl_phdr_info *info, size_t bytes, void *argument)
{
    struct search *s = argument;
    struct link_map map = {.l_addr = info->dlpi_addr};
    (void)bytes;
    for (int i = 0; i < info->dlpi_phnum; i++)
        if (info->dlpi_phdr[i].p_type == PT_DYNAMIC)
            map.l_ld = (ElfW(Dyn) *)(info->dlpi_addr + info->dlpi_phdr[i].p_vaddr);
    if (s->behind)
        s->found = hook_find_in(&map, s->name);
    s->behind |= map.l_ld == _DYNAMIC;
    return s->found != NULL;
}

/* Where the loader's list is not to be seen it can still be asked for, under its lock. */
static COLD void *find_by_asking(const char *name)
{
    struct search s = {.name = name};
    dl_iterate_phdr(search_object, &s);
    return s.found;
}

static long missing(void)
{
    errno = ENOSYS;
    return -1;
}

COLD void *hook_resolve(const char *name)
{
    void *found = hook_find(name);
    if (unlikely(!found && !hook_own_link_map()))
        found = find_by_asking(name);
    return found ? found : (void *)missing;
}

COLD void *hook_resolve_version(const char *name, const char *version)
{
    void *found = find_behind(name, version);
    return found ? found : hook_resolve(name);
}
