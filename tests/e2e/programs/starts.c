/* Threads that record for the first time in the same moment: starts ROUNDS. Each round is a child with two
 * threads that wait for each other, and then write ten times each to the files "one" and "two". */
#include <fcntl.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

static _Atomic int ready;
static int files[2];

static void *work(void *number)
{
    int file = files[number != NULL];
    ready++;
    while (ready < 2)
        ;
    for (int i = 0; i < 10; i++)
        if (write(file, "x", 1) != 1)
            _exit(3);
    return NULL;
}

static int child(void)
{
    pthread_t thread;
    if (pthread_create(&thread, NULL, work, files) != 0)
        return 2;
    work(NULL);
    return pthread_join(thread, NULL);
}

int main(int count, char **words)
{
    int rounds = count > 1 ? atoi(words[1]) : 100, status;
    files[0] = open("one", O_WRONLY | O_CREAT | O_APPEND, 0600);
    files[1] = open("two", O_WRONLY | O_CREAT | O_APPEND, 0600);
    for (int round = 0; round < rounds; round++) {
        pid_t pid = fork();
        if (pid == 0)
            _exit(child());
        if (pid < 0 || waitpid(pid, &status, 0) != pid || status != 0)
            return 1;
    }
    return 0;
}
