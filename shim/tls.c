/* Which loaded objects are TLS libraries, and when to look. */
#include "tls.h"

#include "config.h"
#include "detour.h"
#include "emit.h"
#include "gnutls.h"
#include "hook.h"
#include "openssl.h"
#include "raw.h"
#include "scratch.h"

#include <errno.h>
#include <link.h>
#include <string.h>
#include <sys/auxv.h>

#define DETOURS_MAX 16u

static const struct family {
    const char *mark, *own_name; /* own_name: how a library that is nothing else is called */
    struct slot_library *libraries;
    size_t n;
} families[] = {
    {OPENSSL_MARK, "libssl", openssl_libraries, OPENSSL_LIBRARIES},
    {GNUTLS_MARK, "libgnutls", gnutls_libraries, GNUTLS_LIBRARIES},
};

static int busy; /* atomic; a thread that meets another at work goes on */

static bool is_own(const struct family *f, const struct link_map *map)
{
    const char *slash = map->l_name ? strrchr(map->l_name, '/') : NULL;
    const char *name = slash ? slash + 1 : map->l_name ? map->l_name : "";
    return strncmp(name, f->own_name, strlen(f->own_name)) == 0;
}

static bool is_loaded(const struct slot_library *library)
{
    const struct link_map *map = hook_first_link_map();
    while (map && map != library->map)
        map = map->l_next;
    return map && map->l_ld == library->dynamic;
}

static void tell_left(const struct link_map *map)
{
    const bool named = map->l_name && *map->l_name;
    EMIT(tls_leave, VIDEO_CURRENT, clock_instant(), span_of(named ? map->l_name : (const char *)getauxval(AT_EXECFN) ?: ""));
    config_debug("Claude calls through TLS inside this file are not seen, its code cannot be changed: ",
                 named ? map->l_name : "the program");
}

struct detours {
    struct detour detours[DETOURS_MAX];
    size_t of[DETOURS_MAX]; /* the hooks */
};

/* Callers inside the object pass no slot. */
static void detour_library(struct slot_library *library)
{
    SCRATCH(struct detours, d);
    size_t n = 0;
    if (!d)
        return;
    for (size_t h = 0; h < library->n && n < DETOURS_MAX; h++) {
        const struct slot_hook *hook = &library->hooks[h];
        if (!hook->ours || !*hook->real)
            continue;
        d->of[n] = h;
        d->detours[n++] =
            (struct detour){*hook->real, hook_size_in(library->map, hook->name), hook->ours, NULL};
    }
    library->detoured = true;
    if (!detour_place(d->detours, n))
        tell_left(library->map);
    for (size_t i = 0; i < n; i++)
        __atomic_store_n(library->hooks[d->of[i]].real, d->detours[i].original, __ATOMIC_RELEASE);
}

/* What a place holds that was unloaded meanwhile is given up. */
static void take_object(const struct family *f, const struct link_map *map)
{
    struct slot_library *place = NULL;
    if (!hook_find_in(map, f->mark))
        return;
    for (size_t l = 0; l < f->n; l++) {
        struct slot_library *library = &f->libraries[l];
        if (library->map && !is_loaded(library))
            library->map = NULL;
        if (library->map == map)
            return;
        if (!library->map && !place)
            place = library;
    }
    if (!place)
        return;
    slots_begin(place, map);
    place->detoured = false;
    if (!is_own(f, map))
        detour_library(place);
}

static void take_all(void)
{
    const struct link_map *own = hook_own_link_map();
    for (size_t i = 0; i < sizeof families / sizeof *families; i++) {
        const struct family *f = &families[i];
        for (const struct link_map *map = hook_first_link_map(); map; map = map->l_next)
            if (map != own)
                take_object(f, map);
        for (size_t l = 0; l < f->n; l++)
            if (f->libraries[l].map && !f->libraries[l].detoured) {
                slots_take(f->libraries, f->n);
                break;
            }
    }
}

/* How much was loaded and unloaded in this process until now; the first entry tells. */
static int count_changes(struct dl_phdr_info *info, size_t bytes, void *sum)
{
    (void)bytes;
    *(uint64_t *)sum = info->dlpi_adds + info->dlpi_subs;
    return 1;
}

void tls_watch(void)
{
    static uint64_t seen; /* atomic */
    if (config.capture_nothing)
        return;
    int kept = errno;
    uint64_t now = 0;
    dl_iterate_phdr(count_changes, &now);
    if (now != __atomic_load_n(&seen, __ATOMIC_RELAXED) && !__atomic_exchange_n(&busy, 1, __ATOMIC_ACQUIRE)) {
        take_all();
        __atomic_store_n(&seen, now, __ATOMIC_RELAXED);
        __atomic_store_n(&busy, 0, __ATOMIC_RELEASE);
    }
    errno = kept;
}

void tls_begin(void)
{
    const struct link_map *program = hook_first_link_map();
    for (size_t i = 0; i < sizeof families / sizeof *families && program && !config.capture_nothing; i++)
        take_object(&families[i], program);
}

bool tls_possible(void)
{
    for (size_t i = 0; i < sizeof families / sizeof *families; i++)
        if (families[i].libraries[0].map || hook_find(families[i].mark))
            return true;
    return false;
}

void *tls_replacement(const char *name, void *found)
{
    for (size_t i = 0; i < sizeof families / sizeof *families && found; i++) {
        const struct family *f = &families[i];
        if (name[0] != f->mark[0])
            continue;
        tls_watch();
        void *ours = slots_ours(f->libraries, f->n, found);
        if (ours)
            return ours;
    }
    return found;
}
