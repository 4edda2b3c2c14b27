/* vlshim-unwind PID ADDRESS: reads a crashed thread's stack for the process that started it. crash_job.h has
 * the words that are exchanged. It prints nothing, opens no file but the modules' own, and is killed by its
 * parent when it is late. */
#include "unwind/native.h"
#include "unwind/python.h"
#include "unwind/remote.h"

#include <stddef.h>
#include <stdlib.h>

/* What is counted before the count; Python's frames may be late, so the native ones go first. */
static void answer_native(uint64_t address, const struct crash_job *job)
{
    remote_write(address + offsetof(struct crash_job, frames), job->frames,
                 job->frame_count * sizeof *job->frames);
    remote_write(address + offsetof(struct crash_job, frames_cut), &job->frames_cut, sizeof job->frames_cut);
    remote_write(address + offsetof(struct crash_job, frame_count), &job->frame_count,
                 sizeof job->frame_count);
}

static void answer_python(uint64_t address, const struct crash_job *job)
{
    remote_write(address + offsetof(struct crash_job, python), job->python, job->python_bytes);
    remote_write(address + offsetof(struct crash_job, python_bytes), &job->python_bytes,
                 sizeof job->python_bytes);
}

int main(int count, char **words)
{
    static struct crash_job job;
    if (count != 3)
        return 2;
    int pid = (int)strtoul(words[1], NULL, 16);
    uint64_t address = strtoull(words[2], NULL, 16);
    remote_set(pid);
    if (!remote_read(address, &job, sizeof job) || job.bytes != sizeof job)
        return 1;
    native_unwind(pid, &job);
    answer_native(address, &job);
    python_unwind(&job);
    answer_python(address, &job);
    return 0;
}
