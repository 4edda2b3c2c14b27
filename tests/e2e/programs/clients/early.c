/* Asks the Claude API in TLS 1.3's early data: `early serve FOLDER` prints its port and answers two
 * connections, with key.pem and cert.pem of the folder; `early ask PORT` asks over one connection, and in the
 * early data of another that resumes it. */
#include <arpa/inet.h>
#include <openssl/ssl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define QUESTION                                                                                             \
    "POST /v1/messages HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\ncontent-length: "    \
    "44\r\n\r\n"                                                                                             \
    "{\"model\":\"claude-opus-4-5\",\"max_tokens\":64}  "
#define ANSWER                                                                                               \
    "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 110\r\n\r\n"                       \
    "{\"id\":\"msg_%d\",\"model\":\"claude-opus-4-5\",\"stop_reason\":\"end_turn\",\"usage\":{\"input_"      \
    "tokens\":7,\"output_tokens\":%d}}"

static void need(int condition, int status)
{
    if (!condition)
        exit(status);
}

static struct sockaddr_in at_port(int port)
{
    return (struct sockaddr_in){.sin_family = AF_INET,
                                .sin_port = htons((unsigned short)port),
                                .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
}

/* All of the question, wherever it comes. */
static void hear(SSL *s)
{
    char text[1024];
    size_t n = 0, got = 0;
    int status;
    while ((status = SSL_read_early_data(s, text + n, sizeof text - n, &got)) == SSL_READ_EARLY_DATA_SUCCESS)
        n += got;
    need(status == SSL_READ_EARLY_DATA_FINISH && SSL_accept(s) == 1, 5);
    fprintf(stderr, "early: %zu\n", n + got);
    for (n += got; n < sizeof QUESTION - 1; n += got)
        need(SSL_read_ex(s, text + n, sizeof text - n, &got), 6);
}

static int serve(void)
{
    SSL_CTX *context = SSL_CTX_new(TLS_server_method());
    need(SSL_CTX_use_PrivateKey_file(context, "key.pem", SSL_FILETYPE_PEM) == 1 &&
             SSL_CTX_use_certificate_file(context, "cert.pem", SSL_FILETYPE_PEM) == 1,
         2);
    SSL_CTX_set_max_early_data(context, 4096);
    SSL_CTX_set_recv_max_early_data(context, 4096);
    struct sockaddr_in own = at_port(0);
    socklen_t length = sizeof own;
    int from = socket(AF_INET, SOCK_STREAM, 0);
    need(bind(from, (struct sockaddr *)&own, length) == 0 && listen(from, 2) == 0 &&
             getsockname(from, (struct sockaddr *)&own, &length) == 0,
         3);
    printf("%d\n", ntohs(own.sin_port));
    fflush(stdout);
    for (int turn = 1; turn <= 2; turn++) {
        char answer[512];
        SSL *s = SSL_new(context);
        SSL_set_fd(s, accept(from, NULL, NULL));
        hear(s);
        int n = snprintf(answer, sizeof answer, ANSWER, turn, turn);
        need(SSL_write(s, answer, n) == n, 7);
        SSL_shutdown(s);
        close(SSL_get_fd(s));
        SSL_free(s);
    }
    return 0;
}

static SSL *dial(SSL_CTX *context, int port)
{
    struct sockaddr_in to = at_port(port);
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    need(connect(fd, (struct sockaddr *)&to, sizeof to) == 0, 2);
    SSL *s = SSL_new(context);
    SSL_set_fd(s, fd);
    SSL_set_tlsext_host_name(s, "localhost");
    return s;
}

static SSL_SESSION *read_answer(SSL *s)
{
    char text[1024];
    while (SSL_read(s, text, sizeof text) > 0)
        ;
    SSL_SESSION *session = SSL_get1_session(s);
    SSL_shutdown(s);
    close(SSL_get_fd(s));
    SSL_free(s);
    return session;
}

static int ask(int port)
{
    size_t put = 0;
    SSL_CTX *context = SSL_CTX_new(TLS_client_method());
    SSL *s = dial(context, port);
    need(SSL_connect(s) == 1 && SSL_write(s, QUESTION, sizeof QUESTION - 1) > 0, 3);
    SSL_SESSION *session = read_answer(s);
    s = dial(context, port);
    need(SSL_set_session(s, session) == 1 &&
             SSL_write_early_data(s, QUESTION, sizeof QUESTION - 1, &put) == 1,
         4);
    need(SSL_connect(s) == 1 && SSL_get_early_data_status(s) == SSL_EARLY_DATA_ACCEPTED, 5);
    SSL_SESSION_free(read_answer(s));
    SSL_SESSION_free(session);
    SSL_CTX_free(context);
    return 0;
}

int main(int argc, char **argv)
{
    if (argc != 3)
        return 1;
    if (strcmp(argv[1], "serve") == 0)
        return chdir(argv[2]) == 0 ? serve() : 1;
    return ask(atoi(argv[2]));
}
