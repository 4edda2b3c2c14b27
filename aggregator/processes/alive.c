/* Asks /proc of this machine; everything else in this room works on the recording alone. */
#include "processes/alive.h"

#include <stdio.h>
#include <time.h>
#include <unistd.h>

#define START_SLACK_NS 1000000000LL

static bool read_line(const char *path, char *text, size_t bytes)
{
    FILE *file = fopen(path, "re");
    if (!file)
        return false;
    bool good = fgets(text, (int)bytes, file) != NULL;
    fclose(file);
    return good;
}

static bool is_this_boot(const struct host *host)
{
    char text[64];
    uint8_t id[16] = {0};
    size_t digits = 0;
    if (!read_line("/proc/sys/kernel/random/boot_id", text, sizeof text))
        return false;
    for (const char *c = text; *c && digits < 32; c++) {
        int value = *c >= '0' && *c <= '9' ? *c - '0' : *c >= 'a' && *c <= 'f' ? *c - 'a' + 10 : -1;
        if (value < 0)
            continue;
        id[digits / 2] = (uint8_t)(id[digits / 2] << 4 | value);
        digits++;
    }
    return digits == 32 && memcmp(id, host->boot_id, sizeof id) == 0;
}

/* Since 1970; 0: there is no such process, or it is a zombie. */
static int64_t began_ns(uint32_t pid)
{
    char path[64], text[1024];
    snprintf(path, sizeof path, "/proc/%u/stat", pid);
    if (!read_line(path, text, sizeof text))
        return 0;
    const char *after = strrchr(text, ')'); /* the name before may hold anything */
    unsigned long long ticks = 0;
    char state = 'Z';
    if (!after ||
        sscanf(after + 1, " %c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %*u %*u %*d %*d %*d %*d %*d %*d %llu",
               &state, &ticks) != 2 ||
        state == 'Z' || state == 'X')
        return 0;
    struct timespec wall, boot;
    clock_gettime(CLOCK_REALTIME, &wall);
    clock_gettime(CLOCK_BOOTTIME, &boot);
    int64_t since_boot = (int64_t)(ticks * (1000000000ULL / (unsigned long long)sysconf(_SC_CLK_TCK)));
    return (wall.tv_sec - boot.tv_sec) * 1000000000LL + wall.tv_nsec - boot.tv_nsec + since_boot;
}

int64_t alive_now(const struct host *host, uint32_t pid, int64_t last_ns)
{
    int64_t began = is_this_boot(host) ? began_ns(pid) : 0;
    struct timespec now;
    if (!began || began > last_ns + START_SLACK_NS)
        return NO_TIME;
    clock_gettime(CLOCK_REALTIME, &now);
    return now.tv_sec * 1000000000LL + now.tv_nsec;
}
