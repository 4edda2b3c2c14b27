/* The settings: the table of VLSHIM_* variables, read once before main and constant afterwards.
 * Strings point into the environment that the process was started with. */
#ifndef SHIM_CONFIG_H
#define SHIM_CONFIG_H

#include <stdbool.h>
#include <stdint.h>

enum lines_mode { LINES_AUTO, LINES_NONE, LINES_ALL };

struct config {
    const char *spool;       /* VLSHIM_SPOOL, NULL: spool/ where the first program starts */
    const char *video;       /* VLSHIM_VIDEO */
    const char *video_paths; /* VLSHIM_VIDEO_PATHS */
    const char *skip;        /* VLSHIM_SKIP */
    const char *debug;       /* VLSHIM_DEBUG */
    const char *state;     /* VLSHIM_STATE: what the parent, or this process before its exec, left (env.h) */
    const char *preload;   /* LD_PRELOAD */
    const char *temp_dir;  /* TMPDIR */
    const char *timezone;  /* TZ; NULL: the system's */
    const char *hosts;     /* VLSHIM_HOSTS */
    const char *spans;     /* VLSHIM_SPANS; NULL: the built-in rules, empty: none */
    enum lines_mode lines; /* VLSHIM_LINES */
    uint64_t max_bytes;    /* VLSHIM_MAX_MB */
    bool rotate;           /* VLSHIM_FULL=rotate */
    bool capture_nothing;  /* VLSHIM_CAPTURE=none */
    bool capture_content;  /* VLSHIM_CAPTURE=content */
    bool off;              /* VLSHIM_OFF */
};

extern struct config config;

/* Fills config from an environment block. Unusable values keep their default and are said in VLSHIM_DEBUG. */
void config_read(char *const *environment);

/* Appends one line to the file of VLSHIM_DEBUG, if there is one. Not for hot paths. */
void config_debug(const char *what, const char *value);

#endif
