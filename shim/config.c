/* Reading the VLSHIM_* variables without getenv, which a program may have replaced. */
#include "config.h"

#include "raw.h"

#include <fcntl.h>
#include <string.h>
#include <sys/uio.h>

#define DEFAULT_VIDEO_PATHS "outputs/*/{video}/:data/captions/*/{video}/"
#define DEFAULT_HOSTS       "api.anthropic.com"
#define DEFAULT_MAX_MB      4096u

struct config config = {
    .video_paths = DEFAULT_VIDEO_PATHS,
    .hosts = DEFAULT_HOSTS,
    .max_bytes = (uint64_t)DEFAULT_MAX_MB << 20,
};

static void set_lines(const char *value)
{
    if (strcmp(value, "none") == 0)
        config.lines = LINES_NONE;
    else if (strcmp(value, "all") == 0)
        config.lines = LINES_ALL;
    else if (strcmp(value, "auto") != 0)
        config_debug("VLSHIM_LINES is none, auto or all, not ", value);
}

static void set_max(const char *value)
{
    uint64_t mb = 0;
    const char *c = value;
    for (; *c >= '0' && *c <= '9' && mb < (1u << 30); c++)
        mb = mb * 10 + (uint64_t)(*c - '0');
    if (*c == '\0' && c != value)
        config.max_bytes = mb << 20;
    else
        config_debug("VLSHIM_MAX_MB is a number of MiB, not ", value);
}

static void set_full(const char *value)
{
    config.rotate = strcmp(value, "rotate") == 0;
    if (!config.rotate && strcmp(value, "stop") != 0)
        config_debug("VLSHIM_FULL is stop or rotate, not ", value);
}

static void set_capture(const char *value)
{
    config.capture_nothing = strcmp(value, "none") == 0;
    config.capture_content = strcmp(value, "content") == 0;
    if (!config.capture_nothing && !config.capture_content && strcmp(value, "usage") != 0)
        config_debug("VLSHIM_CAPTURE is none, usage or content, not ", value);
}

/* Empty: no function is watched. */
static void set_spans(const char *value) { config.spans = value; }

static void set_off(const char *value) { config.off = strcmp(value, "1") == 0; }

/* A variable either has a place for its text or a function that understands it. */
static const struct {
    const char *name;
    const char **text;
    void (*set)(const char *value);
} variables[] = {
    {"VLSHIM_DEBUG=", &config.debug, NULL}, /* first: the others may have something to say */
    {"VLSHIM_SPOOL=", &config.spool, NULL},
    {"VLSHIM_VIDEO=", &config.video, NULL},
    {"VLSHIM_VIDEO_PATHS=", &config.video_paths, NULL},
    {"VLSHIM_SKIP=", &config.skip, NULL},
    {"VLSHIM_HOSTS=", &config.hosts, NULL},
    {"VLSHIM_CAPTURE=", NULL, set_capture},
    {"VLSHIM_STATE=", &config.state, NULL},
    {"VLSHIM_LINES=", NULL, set_lines},
    {"VLSHIM_MAX_MB=", NULL, set_max},
    {"VLSHIM_FULL=", NULL, set_full},
    {"VLSHIM_SPANS=", NULL, set_spans},
    {"VLSHIM_OFF=", NULL, set_off},
    {"LD_PRELOAD=", &config.preload, NULL},
    {"TMPDIR=", &config.temp_dir, NULL},
    {"TZ=", &config.timezone, NULL},
};

static void read_one(const char *entry)
{
    for (unsigned i = 0; i < sizeof variables / sizeof *variables; i++) {
        size_t n = strlen(variables[i].name);
        if (strncmp(entry, variables[i].name, n) != 0 || (entry[n] == '\0' && variables[i].set != set_spans))
            continue;
        if (variables[i].text)
            *variables[i].text = entry + n;
        else
            variables[i].set(entry + n);
    }
}

void config_read(char *const *environment)
{
    for (; environment && *environment; environment++)
        if (**environment == 'V' || **environment == 'L' || **environment == 'T')
            read_one(*environment);
}

COLD void config_debug(const char *what, const char *value)
{
    if (!config.debug)
        return;
    long fd =
        raw(SYS_openat, AT_FDCWD, config.debug, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (fd < 0)
        return;
    struct iovec line[4] = {
        {(void *)"vlshim: ", 8},
        {(void *)what, strlen(what)},
        {(void *)value, strlen(value)},
        {(void *)"\n", 1},
    };
    raw(SYS_writev, fd, line, 4);
    raw(SYS_close, fd);
}
