/* Who am I: host, boot, process, and what a parent left us to know.
 *
 * A process is (host, boot, pid, start): start is the raw ticks of its fork, or of its first image where the
 * fork was not seen, and it stays the same over exec. */
#ifndef SHIM_SELF_H
#define SHIM_SELF_H

#include <stdbool.h>
#include <stdint.h>

struct identity {
    uint32_t pid;
    uint32_t tid;
    uint32_t ppid;
    uint64_t start;
    uint64_t parent_start; /* 0: not known */
};

struct self {
    struct identity process; /* tid is the main thread's */
    uint32_t image;          /* execs since the process's start */
    int32_t utc_offset;      /* seconds */
    int64_t utc_until;       /* seconds since 1970: when the offset changes next */
    uint8_t boot_id[16];
    char host[64];
    char run_file[96]; /* <host>-<boot>: how the names of its files in a spool begin */
    bool first;        /* no program of this run was before it, as far as its environment says */
    bool secure;       /* the loader's secure mode: do nothing */
    bool fork_untold;  /* atomic: a forked child whose start is not recorded yet; who clears it records it */
    bool claude;       /* this program is claude: its words and output are nobody's business */
    bool calls_claude; /* it is called by this program's words, which hand what it reads on */
    bool by_code;      /* and by code among them, which may hand on whatever it reads */
};

extern struct self self;

/* Before main: from VLSHIM_STATE where it is of this host and boot, else from the kernel. */
void self_init(char *const *argv);

/* In a child of fork: the next start, pid and parent; the image stays. call: when its parent's call began,
 * by which parent and child both name it whatever pid each of them sees; 0: not known. */
void self_forked(uint64_t call);

/* The identity of a vfork child of this process, seen from within it. */
struct identity self_vfork_child(void);

/* Which PID namespace this process is in, as /proc says; 0: not known. One system call. */
uint64_t self_pid_namespace(void);

/* Whether this host was booted as the boot id says, or does not tell. Rare: reads a file. */
bool self_is_boot(const uint8_t boot_id[16]);

/* self.utc_offset as it is now. Where an event is being recorded. */
void self_renew_offset(void);

#endif
