/* A library that opens, reads and writes, to be loaded in various ways. */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

int plugin_work(int round)
{
    char text[99] = "";
    int fd = open("/etc/passwd", O_RDONLY);
    long n = read(fd, text, 5);
    close(fd);
    FILE *f = fopen("by-plugin", "a");
    fprintf(f, "round %d: %.5s\n", round, text);
    fclose(f);
    free(malloc(100));
    return (int)n;
}

__attribute__((destructor)) static void ends(void)
{
    if (write(1, "plugin ends\n", 12) < 0)
        _exit(9);
}
