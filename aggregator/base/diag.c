/* The two ends that are not an error of the input: a bug, and no memory. */
#include "base/diag.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define STATUS_NO_MEMORY 3

_Noreturn void diag_bug(const char *file, int line, const char *text)
{
    fprintf(stderr, "bug at %s:%d: %s\n", file, line, text);
    abort();
}

_Noreturn void diag_no_memory(void)
{
    static const char sentence[] = "out of memory: fold fewer spools at once, or allow more\n";
    if (write(STDERR_FILENO, sentence, sizeof sentence - 1) < 0)
        _exit(STATUS_NO_MEMORY);
    _exit(STATUS_NO_MEMORY);
}
