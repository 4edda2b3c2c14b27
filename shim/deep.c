/* Loading the parsers, and their findings as events. */
#include "deep.h"

#include "config.h"
#include "emit.h"
#include "handler.h"
#include "hook.h"
#include "memory.h"
#include "stack.h"
#include "tap.h"
#include "tls.h"

#include <dlfcn.h>
#include <errno.h>
#include <linux/limits.h>
#include <sys/mman.h>
#include <time.h>

#define DEEP_FILE "libvldeep.so"

enum { UNTRIED, LOADING, LOADED, FAILED };

static int state; /* atomic; release of `deep` pairs with the acquire in deep_get */
static const struct deep *deep;

static void *map_pages(size_t bytes)
{
    long p = raw6(SYS_mmap, (long)memory_hint(bytes), (long)bytes, PROT_READ | PROT_WRITE,
                  MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    return p < 0 && p > -4096 ? NULL : (void *)p;
}

static struct span text(struct deep_text t)
{
    return (struct span){t.at ? t.at : "", (uint32_t)t.bytes, false};
}

static struct span masked(struct deep_text t)
{
    struct span s = text(t);
    s.mask = true;
    return s;
}

static void on_request(void *owner, const struct deep_request *r)
{
    const struct tap_connection *c = owner;
    EMIT(api_request, VIDEO_CURRENT, clock_timing(r->begin_ticks), c->number, r->stream, c->via,
         text(r->host), masked(r->endpoint), text(r->model), r->streaming, r->max_tokens, r->attempt,
         r->body_bytes);
}

static void on_response(void *owner, const struct deep_response *r)
{
    const struct tap_connection *c = owner;
    EMIT(api_response, VIDEO_CURRENT, clock_instant(), c->number, r->stream, r->status, text(r->request_id),
         masked(r->headers));
}

static void on_usage(void *owner, const struct deep_usage *u)
{
    const struct tap_connection *c = owner;
    EMIT(api_usage, VIDEO_CURRENT, clock_instant(), c->number, u->stream, text(u->message_id), text(u->model),
         u->input_tokens, u->output_tokens, u->cache_write_5m_tokens, u->cache_write_1h_tokens,
         u->cache_read_tokens, u->web_searches, u->web_fetches, text(u->service_tier), text(u->stop_reason));
}

static void on_error(void *owner, const struct deep_error *e)
{
    const struct tap_connection *c = owner;
    EMIT(api_error, VIDEO_CURRENT, clock_instant(), c->number, e->stream, text(e->type), masked(e->message));
}

static void on_end(void *owner, const struct deep_end *e)
{
    const struct tap_connection *c = owner;
    uint64_t begin = e->begin_ticks >> shim.shift, first = e->first_token_ticks >> shim.shift;
    first = e->first_token_ticks == 0 ? 0 : first > begin ? first - begin : 1;
    EMIT(api_end, VIDEO_CURRENT, clock_instant(), c->number, e->stream, e->how, first, e->sent_bytes,
         e->received_bytes);
}

#define CONTENT_PIECE 2048u      /* of an event */
#define CONTENT_MOST  (8u << 20) /* of a body; what follows is not kept */

/* A character of UTF-8 is not cut in two. */
static uint32_t piece_of(const char *text, size_t n)
{
    size_t piece = n < CONTENT_PIECE ? n : CONTENT_PIECE;
    for (unsigned i = 0; piece < n && i < 3 && piece > 1 && (text[piece] & 0xc0) == 0x80; i++)
        piece--;
    return (uint32_t)piece;
}

static void on_content(void *owner, const struct deep_content *p)
{
    const struct tap_connection *c = owner;
    const char *at = p->piece.at, *end = at + p->piece.bytes;
    for (uint64_t offset = p->offset; at < end && offset < CONTENT_MOST;) {
        uint32_t n = piece_of(at, (size_t)(end - at));
        EMIT(api_content, VIDEO_CURRENT, clock_instant(), c->number, p->stream, p->way, offset,
             {at, n, false});
        at += n;
        offset += n;
    }
}

static struct deep_host host = {
    .version = DEEP_VERSION,
    .map = map_pages,
    .ticks = tap_ticks,
    .request = on_request,
    .response = on_response,
    .usage = on_usage,
    .error = on_error,
    .end = on_end,
};

/* Where this library was found, its last component replaced. */
static bool path_beside(char *path)
{
    const struct link_map *own = hook_own_link_map();
    const char *slash = own && own->l_name ? strrchr(own->l_name, '/') : NULL;
    size_t n = slash ? (size_t)(slash - own->l_name) + 1 : 0;
    if (n == 0 || n + sizeof DEEP_FILE > PATH_MAX)
        return false;
    memcpy(path, own->l_name, n);
    memcpy(path + n, DEEP_FILE, sizeof DEEP_FILE);
    return true;
}

struct loading {
    char path[PATH_MAX];
    void *(*open_library)(const char *, int);
    void *(*find_symbol)(void *, const char *);
    const struct deep *found;
};

static void load_there(void *loading)
{
    struct loading *l = loading;
    void *library = l->open_library(l->path, RTLD_NOW | RTLD_LOCAL | RTLD_NODELETE);
    __typeof__(vldeep_begin) *begin =
        library ? (__typeof__(vldeep_begin) *)l->find_symbol(library, "vldeep_begin") : NULL;
    l->found = begin ? begin(&host) : NULL;
}

/* libc's own, whatever the program put before it. Signals wait: a handler must not find the loader at work;
 * and what a handler of the program's interrupted may be the loader at work. */
static const struct deep *load(void)
{
    static struct loading l TABLE; /* once a process */
    l.open_library = (void *(*)(const char *, int))hook_find("dlopen");
    l.find_symbol = (void *(*)(void *, const char *))hook_find("dlsym");
    if (!l.open_library || !l.find_symbol || !path_beside(l.path))
        return NULL;
    if (config.capture_content)
        host.content = on_content;
    struct blocked_signals blocked = raw_block_signals();
    stack_run(load_there, &l);
    raw_restore_signals(blocked);
    if (!l.found)
        config_debug("Claude calls are not seen, this cannot be loaded: ", l.path);
    return l.found;
}

/* Another thread is loading: it takes a millisecond or so. */
static int wait_for_other(void)
{
    const struct timespec pause = {0, 200000};
    int now = LOADING;
    for (int i = 0; i < 1000 && now == LOADING; i++) {
        raw(SYS_nanosleep, &pause, NULL);
        now = __atomic_load_n(&state, __ATOMIC_ACQUIRE);
    }
    return now;
}

const struct deep *deep_get(void)
{
    int now = __atomic_load_n(&state, __ATOMIC_ACQUIRE);
    if (now == UNTRIED && !handler_is_running() &&
        __atomic_compare_exchange_n(&state, &now, LOADING, false, __ATOMIC_ACQUIRE, __ATOMIC_ACQUIRE)) {
        int kept = errno;
        deep = load();
        errno = kept;
        now = deep ? LOADED : FAILED;
        __atomic_store_n(&state, now, __ATOMIC_RELEASE);
    }
    if (now == LOADING)
        now = wait_for_other();
    return now == LOADED ? deep : NULL;
}

void deep_forbid(void)
{
    if (__atomic_load_n(&state, __ATOMIC_RELAXED) != LOADED)
        __atomic_store_n(&state, FAILED, __ATOMIC_RELAXED);
}

/* Its workers are often forked before they import what they need. */
static bool is_python(void)
{
    const struct link_map *where;
    return hook_find_data("_Py_NoneStruct", &where) != NULL;
}

void deep_prepare_fork(void)
{
    if (__atomic_load_n(&state, __ATOMIC_RELAXED) == UNTRIED && (tls_possible() || is_python()))
        (void)deep_get();
}
