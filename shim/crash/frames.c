/* Following frame pointers, and writing frames down. */
#include "crash/frames.h"

#include "crash/modules.h"
#include "raw.h"

#include <string.h>

#define FRAME_STEP_MAX (1u << 20) /* bytes of one frame: more is no frame */

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
