/* Reads a file, prints a line on standard error, starts a program, asks the Claude API once: URL FILE. */
#include <fcntl.h>
#include <netdb.h>
#include <openssl/ssl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

static const char body[] = "{\"model\":\"claude-opus-4-5\",\"max_tokens\":64,\"messages\":[]}";

static int dial(const char *port)
{
    struct addrinfo wanted = {.ai_family = AF_INET, .ai_socktype = SOCK_STREAM}, *found;
    if (getaddrinfo("localhost", port, &wanted, &found) != 0)
        exit(2);
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    if (connect(fd, found->ai_addr, found->ai_addrlen) != 0)
        exit(3);
    freeaddrinfo(found);
    return fd;
}

static void ask(int fd)
{
    char text[4096];
    SSL_CTX *context = SSL_CTX_new(TLS_client_method());
    SSL *s = SSL_new(context);
    SSL_set_fd(s, fd);
    SSL_set_tlsext_host_name(s, "localhost");
    if (SSL_connect(s) != 1)
        exit(4);
    int n = snprintf(text, sizeof text,
                     "POST /v1/messages HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n"
                     "content-type: application/json\r\ncontent-length: %zu\r\n\r\n%s",
                     strlen(body), body);
    if (SSL_write(s, text, n) != n)
        exit(5);
    while (SSL_read(s, text, sizeof text) > 0)
        ;
    SSL_free(s);
    SSL_CTX_free(context);
}

int main(int argc, char **argv)
{
    char text[4096];
    int fd = argc == 3 ? open(argv[2], O_RDONLY) : -1, status;
    if (fd < 0 || read(fd, text, sizeof text) < 0)
        return 1;
    fputs("patient says so\n", stderr);
    pid_t child = fork();
    if (child == 0)
        execl("/bin/true", "true", NULL);
    waitpid(child, &status, 0);
    ask(dial(strrchr(argv[1], ':') + 1));
    return 0;
}
