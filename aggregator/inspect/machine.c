/* The spool's place, and settings of the kernel that make the recorder see more or cost less. */
#include "inspect/machine.h"

#include "inspect/installed.h"
#include "inspect/trial.h"
#include "model/diagnosis.h"

#include <errno.h>
#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

struct look {
    struct arena *arena;
    struct vec findings;
};

static void add_finding(struct look *l, const char *what, enum seen fine, struct str found,
                        const char *advice)
{
    *VEC_PUSH(l->arena, &l->findings, struct finding) = (struct finding){what, fine, found, str_of(advice)};
}

/* The first line of a small file; "": there is none. */
static struct str first_line(struct arena *arena, const char *path)
{
    char text[128] = "";
    FILE *file = fopen(path, "re");
    if (file && !fgets(text, sizeof text, file))
        *text = '\0';
    if (file)
        fclose(file);
    return str_copy(arena, str_trim(str_of(text)));
}

static const char *where_to_record(void)
{
    const char *set = getenv("VLSHIM_SPOOL");
    return set && *set ? set : "spool";
}

static void probe_spool(struct look *l, const char *folder, struct str found, unsigned long long mib)
{
    struct str why = trial_of_spool(l->arena, folder);
    if (why.len)
        add_finding(l, "spool", SEEN_NO,
                    str_format(l->arena, STR_FMT "; " STR_FMT, STR_ARG(found), STR_ARG(why)),
                    "nothing can be recorded there: set VLSHIM_SPOOL to a folder on a local file system");
    else
        add_finding(l, "spool", mib < 64 ? SEEN_PARTLY : SEEN_YES, found,
                    mib < 64 ? "a recording may not fit" : "");
}

/* The folder that is to be, or the one that it would be made in. */
static void look_at_spool(struct look *l)
{
    const char *path = where_to_record();
    struct str above = str_dirname(str_of(path));
    const char *parent = above.len ? str_c(l->arena, above) : *path == '/' ? "/" : ".";
    struct stat st;
    bool there = stat(path, &st) == 0;
    struct statvfs room = {0};
    statvfs(there ? path : parent, &room);
    unsigned long long mib = (unsigned long long)room.f_bavail * room.f_frsize >> 20;
    struct str found = str_format(l->arena, "%s%s, %llu MiB free", path, there ? "" : " (to be made)", mib);
    if (there && (!S_ISDIR(st.st_mode) || st.st_uid != geteuid() || (st.st_mode & (S_IWGRP | S_IWOTH))))
        add_finding(l, "spool", SEEN_NO, found,
                    "nothing is recorded in what is not yours alone to write: set VLSHIM_SPOOL");
    else if (access(there ? path : parent, W_OK | X_OK) != 0)
        add_finding(l, "spool", SEEN_NO, found,
                    "it cannot be written there: set VLSHIM_SPOOL to a folder that can");
    else
        probe_spool(l, there ? path : parent, found, mib);
}

static void look_at_ptrace(struct look *l)
{
    struct str scope = first_line(l->arena, "/proc/sys/kernel/yama/ptrace_scope");
    bool refused = str_equal(scope, STR("3")) || (str_equal(scope, STR("2")) && geteuid() != 0);
    struct str found = scope.len ? str_format(l->arena, "yama's ptrace_scope is " STR_FMT, STR_ARG(scope))
                                 : STR("ptrace is not restricted");
    add_finding(l, "stacks", refused ? SEEN_PARTLY : SEEN_YES, found,
                refused ? "stacks of crashes are told by frame pointers alone" : "");
}

static void look_at_clock(struct look *l)
{
    struct str name =
        first_line(l->arena, "/sys/devices/system/clocksource/clocksource0/current_clocksource");
#if defined(__x86_64__)
    bool fast = str_equal(name, STR("tsc"));
#else
    bool fast = true;
#endif
    add_finding(l, "clock", fast ? SEEN_YES : SEEN_PARTLY,
                str_format(l->arena, "the kernel's clock source is " STR_FMT, STR_ARG(name)),
                fast ? "" : "each recorded call asks the kernel for the time and costs more");
}

/* What programs may load; which of them one does load is told of the program. */
static void look_at_tls(struct look *l)
{
    static const char *const patterns[] = {"/lib/*-linux-gnu/libssl.so.[0-9]*", "/usr/lib64/libssl.so.[0-9]*",
                                           "/usr/local/lib/libssl.so.[0-9]*",
                                           "/lib/*-linux-gnu/libgnutls.so.[0-9]*"};
    struct vec text = {0};
    for (size_t i = 0; i < sizeof patterns / sizeof *patterns; i++) {
        glob_t found;
        if (glob(patterns[i], 0, NULL, &found) == 0 && found.gl_pathc)
            for (const char *c = found.gl_pathv[0]; c; c = *c ? c + 1 : NULL)
                *VEC_PUSH(l->arena, &text, char) = *c ? *c : ' ';
        globfree(&found);
    }
    struct str all = str_trim((struct str){text.items, text.count});
    add_finding(l, "tls", all.len ? SEEN_YES : SEEN_PARTLY,
                all.len ? all : STR("no libssl or libgnutls where the system keeps them"),
                all.len ? "" : "Claude calls are seen of programs alone that bring such a library");
}

static void look_at_settings(struct look *l)
{
    const char *off = getenv("VLSHIM_OFF"), *capture = getenv("VLSHIM_CAPTURE");
    if (off && strcmp(off, "1") == 0)
        add_finding(l, "settings", SEEN_NO, STR("VLSHIM_OFF=1"), "nothing is recorded: unset it");
    else if (capture && strcmp(capture, "none") == 0)
        add_finding(l, "settings", SEEN_PARTLY, STR("VLSHIM_CAPTURE=none"), "no Claude call is read");
}

struct vec machine_look(struct arena *arena)
{
    struct look l = {.arena = arena};
    installed_look(arena, &l.findings);
    look_at_spool(&l);
    look_at_settings(&l);
    look_at_ptrace(&l);
    look_at_clock(&l);
    look_at_tls(&l);
    return l.findings;
}
