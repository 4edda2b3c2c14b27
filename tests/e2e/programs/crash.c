/* Dies of the signal that the first word names: by the fault itself where there is one. */
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

int main(int count, char **words)
{
    const char *how = count > 1 ? words[1] : "segv";
    if (strcmp(how, "segv") == 0)
        *(volatile int *)8 = 1;
    if (strcmp(how, "bus") == 0) {
        char name[] = "crash-XXXXXX";
        int file = mkstemp(name);
        unlink(name);
        volatile char *page = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
        page[0] = 1;
    }
    if (strcmp(how, "abrt") == 0)
        abort();
    if (strcmp(how, "term") == 0)
        raise(SIGTERM);
    if (strcmp(how, "kill") == 0)
        raise(SIGKILL);
    return 3;
}
