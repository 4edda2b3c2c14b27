/* Finding out who this process is, as far as its parent did not leave it to be known. */
#include "self.h"

#include "clock.h"
#include "command.h"
#include "config.h"
#include "hook.h"
#include "scratch.h"
#include "state.h"
#include "tz.h"

#include <fcntl.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/stat.h>
#include <sys/utsname.h>

struct self self;

static int hex_value(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    c |= 32;
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

static void read_boot_id(uint8_t boot_id[16])
{
    char text[40] = "";
    memset(boot_id, 0, 16);
    long fd = raw(SYS_openat, AT_FDCWD, "/proc/sys/kernel/random/boot_id", O_RDONLY | O_CLOEXEC, 0);
    if (fd < 0)
        return;
    raw(SYS_read, fd, text, sizeof text - 1);
    raw(SYS_close, fd);
    unsigned digits = 0;
    for (const char *c = text; *c && digits < 32; c++) {
        int v = hex_value(*c);
        if (v >= 0) {
            boot_id[digits / 2] = (uint8_t)(boot_id[digits / 2] << 4 | v);
            digits++;
        }
    }
}

bool self_is_boot(const uint8_t boot_id[16])
{
    static const uint8_t unknown[16];
    uint8_t own[16];
    read_boot_id(own);
    return memcmp(own, boot_id, sizeof own) == 0 || memcmp(own, unknown, sizeof own) == 0;
}

uint64_t self_pid_namespace(void)
{
    struct stat st;
    return raw(SYS_newfstatat, AT_FDCWD, "/proc/self/ns/pid", &st, 0) == 0 ? st.st_ino : 0;
}

/* A host name that can stand in a file name and between commas. */
static void read_host(void)
{
    struct utsname names;
    if (raw(SYS_uname, &names) != 0)
        return;
    size_t n = 0;
    for (; names.nodename[n] && n + 1 < sizeof self.host; n++) {
        char c = names.nodename[n];
        bool plain = (c >= '0' && c <= '9') || ((c | 32) >= 'a' && (c | 32) <= 'z') || c == '-' || c == '_' ||
                     (c == '.' && n > 0);
        self.host[n] = plain ? c : '_';
    }
    if (n == 0)
        strcpy(self.host, "host");
}

static void name_run_file(void)
{
    char *at = self.run_file + strlen(strcpy(self.run_file, self.host));
    *at++ = '-';
    for (int i = 0; i < 8; i++) {
        *at++ = "0123456789abcdef"[self.boot_id[i] >> 4];
        *at++ = "0123456789abcdef"[self.boot_id[i] & 15];
    }
    *at = '\0';
}

/* glibc's loader has asked the processor already, and CPUID is slow in a virtual machine. */
static bool processor_has_crc(void)
{
#if defined(__x86_64__)
    struct leaf {
        unsigned cpuid[4], active[4];
    };
    const struct leaf *(*get)(unsigned) =
        (const struct leaf *(*)(unsigned))hook_find("__x86_get_cpuid_feature_leaf");
    return get && (get(0)->cpuid[2] & (1u << 20)) != 0; /* CPUID.1:ECX.SSE4_2 */
#else
    return false;
#endif
}

static void ask_kernel(void)
{
    read_boot_id(self.boot_id);
    shim.tsc = clock_kernel_uses_counter();
    shim.crc = processor_has_crc();
    self.utc_until = INT64_MIN;
}

static void set_clock(void)
{
    shim.clock = shim.tsc ? VL_CLOCK_TSC : VL_CLOCK_MONOTONIC;
#if defined(__x86_64__)
    shim.shift = shim.tsc ? 4 : 3; /* some nanoseconds: a call's times fit into a byte each */
#else
    shim.shift = 0;
#endif
}

void self_init(char *const *argv)
{
    self.process.pid = self.process.tid = (uint32_t)raw(SYS_getpid);
    self.process.ppid = (uint32_t)raw(SYS_getppid);
    read_host();
    self.first = !config.state || !state_read(config.state);
    if (self.first)
        ask_kernel();
    set_clock();
    if (self.process.start == 0)
        self.process.start = clock_ticks();
    name_run_file();
    const char *exe = (const char *)getauxval(AT_EXECFN);
    struct command command = command_of(exe, argv);
    self.claude = command.is_claude;
    self.calls_claude = command.calls_claude;
    self.by_code = command.by_code;
}

void self_forked(uint64_t call)
{
    self.process.parent_start = self.process.start;
    self.process.ppid = self.process.pid;
    self.process.pid = self.process.tid = raw_forbidden() ? 0 : (uint32_t)raw(SYS_getpid);
    self.process.start = call ? call : clock_ticks();
    self.fork_untold = true;
}

struct identity self_vfork_child(void)
{
    uint32_t pid = (uint32_t)raw(SYS_getpid);
    return (struct identity){.pid = pid,
                             .tid = pid,
                             .ppid = self.process.pid,
                             .start = clock_ticks(),
                             .parent_start = self.process.start};
}

static COLD void ask_offset(int64_t now)
{
    SCRATCH_WITHIN(struct tz_zone, room);
    if (!room)
        return;
    struct tz_offset offset = tz_local(config.timezone, now, room);
    __atomic_store_n(&self.utc_offset, offset.seconds, __ATOMIC_RELAXED);
    __atomic_store_n(&self.utc_until, offset.until, __ATOMIC_RELAXED);
}

void self_renew_offset(void)
{
    int64_t now = clock_realtime_ns() / 1000000000;
    if (now >= __atomic_load_n(&self.utc_until, __ATOMIC_RELAXED))
        ask_offset(now);
}
