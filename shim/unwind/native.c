/* libunwind asks for registers and memory: the registers are those of the job, not of the process as it is
 * now, which waits in its signal handler and need not be stopped. Tables are read from the modules' files. */
#include "unwind/native.h"

#include "unwind/remote.h"

#include <libunwind-ptrace.h>
#include <stdbool.h>

static const struct crash_job *asked;

static int access_memory(unw_addr_space_t space, unw_word_t address, unw_word_t *value, int write,
                         void *tables)
{
    (void)space;
    (void)tables;
    return !write && remote_read(address, value, sizeof *value) ? 0 : -UNW_EINVAL;
}

static int access_register(unw_addr_space_t space, unw_regnum_t number, unw_word_t *value, int write,
                           void *tables)
{
    (void)space;
    (void)tables;
    if (write || number < 0 || number >= CRASH_REGISTERS)
        return -UNW_EBADREG;
    *value = asked->registers[number];
    return 0;
}

static int access_float(unw_addr_space_t space, unw_regnum_t number, unw_fpreg_t *value, int write,
                        void *tables)
{
    (void)space;
    (void)number;
    (void)value;
    (void)write;
    (void)tables;
    return -UNW_EBADREG;
}

static int find_dynamic_list(unw_addr_space_t space, unw_word_t *address, void *tables)
{
    (void)space;
    (void)address;
    (void)tables;
    return -UNW_ENOINFO;
}

static int find_name(unw_addr_space_t space, unw_word_t address, char *name, size_t bytes, unw_word_t *offset,
                     void *tables)
{
    (void)space;
    (void)address;
    (void)name;
    (void)bytes;
    (void)offset;
    (void)tables;
    return -UNW_ENOINFO;
}

static unw_accessors_t accessors = {
    .find_proc_info = _UPT_find_proc_info,
    .put_unwind_info = _UPT_put_unwind_info,
    .get_dyn_info_list_addr = find_dynamic_list,
    .access_mem = access_memory,
    .access_reg = access_register,
    .access_fpreg = access_float,
    .get_proc_name = find_name,
};

static bool add(struct crash_job *job, uint64_t ip, bool exact)
{
    if (job->frame_count == CRASH_FRAMES) {
        job->frames_cut = 1;
        return false;
    }
    job->frames[job->frame_count++] = (struct crash_frame){ip, exact};
    return true;
}

/* What a signal interrupted goes on where it was, not behind a call. */
static void walk(unw_cursor_t *cursor, struct crash_job *job)
{
    bool exact = job->frame_count == 0;
    do {
        unw_word_t ip = 0;
        if (unw_get_reg(cursor, UNW_REG_IP, &ip) < 0 || ip == 0 || !add(job, ip, exact))
            return;
        exact = unw_is_signal_frame(cursor) > 0;
    } while (unw_step(cursor) > 0);
}

#if defined(__x86_64__)
/* A call to nowhere has no tables; who called has left its address on the stack. True: the registers are its.
 */
static bool step_out_of_nowhere(struct crash_job *job)
{
    uint8_t there;
    uint64_t caller;
    if (remote_read(job->registers[CRASH_IP], &there, 1) ||
        !remote_read(job->registers[CRASH_SP], &caller, sizeof caller))
        return false;
    add(job, job->registers[CRASH_IP], true);
    job->registers[CRASH_IP] = caller;
    job->registers[CRASH_SP] += sizeof caller;
    return true;
}
#else
static bool step_out_of_nowhere(struct crash_job *job)
{
    (void)job;
    return false;
}
#endif

void native_unwind(int pid, struct crash_job *job)
{
    unw_cursor_t cursor;
    unw_addr_space_t space = unw_create_addr_space(&accessors, 0);
    void *tables = _UPT_create(pid);
    asked = job;
    step_out_of_nowhere(job);
    if (space && tables && unw_init_remote(&cursor, space, tables) == 0)
        walk(&cursor, job);
}
