/* Calls what other preloaded libraries change. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

int main(void)
{
    close(open("forbidden", O_CREAT | O_WRONLY, 0600));
    close(open("allowed", O_CREAT | O_WRONLY, 0600));
    int result = unlink("forbidden");
    printf("%d %s\n", result, result ? strerror(errno) : "");
    printf("%d\n", unlink("allowed"));
    fflush(stdout);
    for (int i = 0; i < 3; i++)
        if (write(1, "seven!\n", 7) != 7)
            return 4;
    if (write(1, "\n", 1) != 1)
        return 4;
    char *block = malloc(5000);
    strcpy(block, "block");
    block = realloc(block, 50000);
    puts(block);
    free(block);
    return 0;
}
