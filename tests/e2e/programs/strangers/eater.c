/* Takes 40 MB and some processor time, writes 12345 bytes to the file it is told, and ends with 5: built for
 * libcs and machines that the recorder cannot enter. */
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

int main(int count, char **words)
{
    enum { BYTES = 40 << 20 };
    char *memory = malloc(BYTES);
    int file = count > 1 ? open(words[count - 1], O_WRONLY | O_CREAT | O_TRUNC, 0644) : -1;
    if (!memory || file < 0)
        return 1;
    for (clock_t until = clock() + CLOCKS_PER_SEC / 20; clock() < until;)
        memset(memory, 'x', BYTES);
    return write(file, memory, 12345) == 12345 ? 5 : 1;
}
