/* Asks the Claude API many times on one connection without TLS, by one thread, and reads the answers by
 * another: PORT COUNT. Each question is sent in two pieces before the answer to the one before it needs to be
 * there. */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define OPEN 16 /* questions that wait for their answer */

static int fd, count, answers;

static void *ask(void *unused)
{
    static char body[60000], head[256];
    int n = snprintf(body, sizeof body,
                     "{\"model\":\"claude-opus-4-5\",\"max_tokens\":64,\"messages\":[],\"a\":\"");
    memset(body + n, 'x', sizeof body - (size_t)n - 2);
    memcpy(body + sizeof body - 2, "\"}", 2);
    for (int i = 0; i < count; i++) {
        while (i - __atomic_load_n(&answers, __ATOMIC_ACQUIRE) > OPEN)
            usleep(100);
        int bytes = i % 3 == 0 ? (int)sizeof body : n + 2;
        const char *end = body + sizeof body - 2;
        int h = snprintf(head, sizeof head,
                         "POST /v1/messages HTTP/1.1\r\nhost: x\r\ncontent-type: "
                         "application/json\r\ncontent-length: %d\r\n\r\n",
                         bytes);
        if (send(fd, head, (size_t)h, 0) != h || send(fd, body, (size_t)bytes - 2, 0) != bytes - 2 ||
            send(fd, end, 2, 0) != 2)
            exit(4);
    }
    return unused;
}

int main(int argc, char **argv)
{
    if (argc != 3)
        return 1;
    struct sockaddr_in to = {.sin_family = AF_INET,
                             .sin_port = htons((unsigned short)atoi(argv[1])),
                             .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    count = atoi(argv[2]);
    fd = socket(AF_INET, SOCK_STREAM, 0);
    if (connect(fd, (struct sockaddr *)&to, sizeof to) != 0)
        return 2;
    pthread_t asking;
    pthread_create(&asking, NULL, ask, NULL);
    char text[4096];
    size_t seen = 0;
    while (answers < count) { /* an answer ends with an empty chunk */
        ssize_t n = recv(fd, text + seen, sizeof text - seen, 0);
        if (n <= 0)
            return 3;
        seen += (size_t)n;
        char *at = text, *end;
        while ((end = memmem(at, seen - (size_t)(at - text), "\r\n0\r\n\r\n", 7)) != NULL) {
            __atomic_add_fetch(&answers, 1, __ATOMIC_RELEASE);
            at = end + 7;
        }
        size_t rest = seen - (size_t)(at - text);
        size_t kept = rest < 6 ? rest : 6;
        memmove(text, at + rest - kept, kept);
        seen = kept;
    }
    pthread_join(asking, NULL);
    close(fd);
    return 0;
}
