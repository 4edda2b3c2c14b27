/* The only constructor: decides whether the shim does anything in this process, and turns it on. */
#include "config.h"
#include "crash/crash.h"
#include "emit.h"
#include "ending.h"
#include "env.h"
#include "hook.h"
#include "outputs.h"
#include "paths.h"
#include "python/python.h"
#include "samples.h"
#include "seals.h"
#include "self.h"
#include "shim.h"
#include "spool.h"
#include "threads.h"
#include "tls.h"
#include "video.h"

#include <sys/auxv.h>

struct shim shim;

/* A program of VLSHIM_SKIP's list, by the last component of its path. */
static bool is_skipped(const char *program)
{
    const char *slash = strrchr(program, '/'), *list = config.skip;
    const char *name = slash ? slash + 1 : program;
    size_t n = strlen(name);
    while (list && *list) {
        size_t part = strcspn(list, ",");
        if (part == n && memcmp(list, name, n) == 0)
            return true;
        list += part + (list[part] == ',');
    }
    return false;
}

static void tell_start(char *const *argv)
{
    struct path cwd;
    const char *exe = (const char *)getauxval(AT_EXECFN);
    struct args args = args_measure(exe, argv);
    if (!path_cwd(&cwd))
        cwd.length = 0;
    EMIT(process_start, VIDEO_CURRENT, clock_instant(), VL_START_EXEC, self.image, span_of(exe ? exe : ""),
         {cwd.text, (uint32_t)cwd.length, false}, args, args.full_bytes);
}

/* In a program of the loader's secure mode nothing at all is done: it may run for another user. */
__attribute__((constructor)) static void shim_init(int argc, char **argv, char **environment)
{
    (void)argc;
    if (getauxval(AT_SECURE) || !argv || !hook_is_the_first())
        return;
    config_read(environment);
    if (config.off)
        return;
    self_init(argv);
    if (!spool_init()) {
        config_debug("no spool: the working directory is not known", "");
        return;
    }
    if (self.first)
        seals_make_secret();
    outputs_init(self.first);
    if (is_skipped((const char *)getauxval(AT_EXECFN) ?: "")) {
        env_adopt(video_default.number);
        return;
    }
    threads_init();
    video_init((const char *)getauxval(AT_EXECFN), argv);
    if (thread_self) /* words were looked at before it was known */
        thread_self->video = video_default.number;
    env_adopt(video_default.number);
    shim.on = true;
    crash_init(); /* before the first store: where a file system copies on write, a full one shows then */
    tell_start(argv);
    if (self.claude)
        seals_shut(0);
    if (!shim.on) /* given up */
        return;
    tls_begin();
    samples_begin();
    python_init();
    ending_init();
}
