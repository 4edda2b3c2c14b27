/* One bit a piece. Not a stack: where a program changes from one stack to another in a signal handler, those
 * who took pieces need not give them back in turn. */
#include "scratch.h"

#include "memory.h"
#include "spool.h"
#include "stack.h"
#include "threads.h"

#define ALL_PIECES ((1u << SCRATCH_PIECES) - 1)

struct piece {
    struct scratch *of;
    uintptr_t holder; /* address of the pointer to it */
    char room[SCRATCH_ROOM] __attribute__((aligned(16)));
};

struct scratch {
    uint32_t used; /* atomic: a bit for each piece */
    char *stack;
    struct piece pieces[SCRATCH_PIECES];
};

/* Not wiped by forks: a handler may fork and return into what took a piece. */
static struct scratch first __attribute__((aligned(4096), section(".bss.table")));
static struct scratch *more[SCRATCH_PLACES] TABLE;

struct scratch *scratch_at(uint32_t place)
{
    if (place > 0 && !more[place])
        more[place] = memory_map(sizeof(struct scratch));
    struct scratch *s = place > 0 ? more[place] : &first;
    if (s)
        scratch_restore(s, 0);
    return s;
}

char **scratch_stack(struct scratch *s) { return &s->stack; }

uint32_t scratch_used(const struct scratch *s) { return __atomic_load_n(&s->used, __ATOMIC_ACQUIRE); }

void scratch_restore(struct scratch *s, uint32_t used) { __atomic_store_n(&s->used, used, __ATOMIC_RELEASE); }

/* here: below all that is alive, unless the present stack is the one for signals. Where it is not, nothing on
 * that one is alive. */
static bool is_abandoned(const struct piece *p, uintptr_t here, uintptr_t holder, const stack_t *signals)
{
    if (p->holder == holder)
        return true;                    /* the same variable gets its value again */
    if (signals->ss_flags & SS_ONSTACK) /* nothing can be told from addresses */
        return false;
    return p->holder < here || p->holder - (uintptr_t)signals->ss_sp < signals->ss_size;
}

/* All are in use. Those that were held in frames below the present one were left by longjmp. */
static COLD uint32_t find_abandoned(struct scratch *s, uintptr_t holder)
{
    uintptr_t here = (uintptr_t)__builtin_frame_address(0);
    stack_t signals = {.ss_flags = SS_ONSTACK};
    uint32_t found = 0;
    if (!stack_holds(here))
        raw(SYS_sigaltstack, 0, &signals);
    for (uint32_t i = 0; i < SCRATCH_PIECES; i++)
        if (is_abandoned(&s->pieces[i], here, holder, &signals))
            found |= 1u << i;
    __atomic_fetch_and(&s->used, ~found, __ATOMIC_ACQ_REL);
    return found;
}

/* The lowest that is free. When a high one is in use many are, and some are left for what is taken within. */
static inline struct piece *take(struct scratch *s, uintptr_t holder, bool thoroughly)
{
    uint32_t used = scratch_used(s);
    if (unlikely(thoroughly && used >> (SCRATCH_PIECES / 2))) {
        find_abandoned(s, holder);
        used = scratch_used(s);
    }
    for (;;) {
        uint32_t unused = ~used & ALL_PIECES;
        if (unlikely(!unused) && (!thoroughly || !(unused = find_abandoned(s, holder))))
            return NULL;
        uint32_t bit = unused & -unused;
        used = __atomic_fetch_or(&s->used, bit, __ATOMIC_ACQ_REL); /* a handler may have come between */
        if (!(used & bit))
            return &s->pieces[__builtin_ctz(bit)];
    }
}

static inline void *take_of(struct thread *t, uintptr_t holder, bool thoroughly)
{
    struct piece *p = take(t->scratch, holder, thoroughly);
    if (unlikely(!p)) {
        spool_dropped(VL_REASON_NO_MEMORY);
        return NULL;
    }
    p->of = t->scratch;
    p->holder = holder;
    return p->room;
}

void *scratch_take(uintptr_t holder)
{
    struct thread *t = thread_get();
    return t ? take_of(t, holder, true) : NULL;
}

void *scratch_take_within(uintptr_t holder)
{
    struct thread *t = thread_self;
    return t && t->tid ? take_of(t, holder, false) : NULL;
}

void scratch_leave(void *holder)
{
    char *room = *(char **)holder;
    if (!room)
        return;
    struct piece *p = (struct piece *)(room - offsetof(struct piece, room));
    uint32_t bit = 1u << (p - p->of->pieces);
    __atomic_fetch_and(&p->of->used, ~bit, __ATOMIC_RELEASE);
}
