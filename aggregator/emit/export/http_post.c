/* libcurl is loaded when something is sent: linked, its thirty libraries would slow every start of vlagg. */
#include "emit/export/http_post.h"

#include <curl/curl.h>
#include <dlfcn.h>
#include <stdio.h>

/* What is used of it: each as its header declares it. */
#define CURL_CALLS(X)                                                                                        \
    X(curl_easy_init)                                                                                        \
    X(curl_easy_setopt)                                                                                      \
    X(curl_easy_perform)                                                                                     \
    X(curl_easy_getinfo)                                                                                     \
    X(curl_easy_strerror)                                                                                    \
    X(curl_easy_cleanup)                                                                                     \
    X(curl_slist_append)                                                                                     \
    X(curl_slist_free_all)
#undef curl_easy_setopt /* type-checking macros that would call the linked ones */
#undef curl_easy_getinfo

struct curl_calls {
#define X(name) __typeof__(name) *name;
    CURL_CALLS(X)
#undef X
};

/* Its two builds in Debian, and the plain name of others. */
static void *find_library(void)
{
    static const char *const names[] = {"libcurl.so.4", "libcurl-gnutls.so.4", "libcurl.so"};
    void *library = NULL;
    for (size_t i = 0; !library && i < sizeof names / sizeof *names; i++)
        library = dlopen(names[i], RTLD_NOW | RTLD_LOCAL);
    return library;
}

static int load(struct curl_calls *curl, struct err *err)
{
    void *library = find_library();
    if (!library)
        return err_set(err, ERR_OUTPUT,
                       "Sending needs libcurl, which is not installed: apt install libcurl4.");
#define X(name)                                                                                              \
    if (!(*(void **)&curl->name = dlsym(library, #name)))                                                    \
        return err_set(err, ERR_OUTPUT, "The installed libcurl has no %s; install a newer one.", #name);
    CURL_CALLS(X)
#undef X
    return 0;
}

static size_t discard(char *data, size_t size, size_t count, void *user)
{
    (void)data;
    (void)user;
    return size * count;
}

static void prepare(const struct curl_calls *curl, CURL *request, const char *url, const char *body,
                    size_t bytes, struct curl_slist *headers)
{
    curl->curl_easy_setopt(request, CURLOPT_URL, url);
    curl->curl_easy_setopt(request, CURLOPT_HTTPHEADER, headers);
    curl->curl_easy_setopt(request, CURLOPT_POSTFIELDS, body);
    curl->curl_easy_setopt(request, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)bytes);
    curl->curl_easy_setopt(request, CURLOPT_WRITEFUNCTION, discard);
    curl->curl_easy_setopt(request, CURLOPT_NOSIGNAL, 1L);
    curl->curl_easy_setopt(request, CURLOPT_CONNECTTIMEOUT, 10L);
    curl->curl_easy_setopt(request, CURLOPT_TIMEOUT, 60L);
    curl->curl_easy_setopt(request, CURLOPT_PROTOCOLS_STR, "http,https");
}

static int send_it(const struct curl_calls *curl, CURL *request, const char *url, struct err *err)
{
    long status = 0;
    CURLcode failed = curl->curl_easy_perform(request);
    if (failed)
        return err_set(err, ERR_OUTPUT, "%s did not take it: %s; is the collector running there?", url,
                       curl->curl_easy_strerror(failed));
    curl->curl_easy_getinfo(request, CURLINFO_RESPONSE_CODE, &status);
    if (status < 200 || status > 299)
        return err_set(err, ERR_OUTPUT, "%s answered with HTTP status %ld; is it an OTLP/HTTP receiver?", url,
                       status);
    return 0;
}

int http_post(const char *url, const char *type, const char *body, size_t bytes, struct err *err)
{
    struct curl_calls curl = {0};
    char header[128];
    int status = load(&curl, err);
    if (status)
        return status;
    snprintf(header, sizeof header, "Content-Type: %s", type);
    struct curl_slist *headers = curl.curl_slist_append(NULL, header);
    CURL *request = curl.curl_easy_init();
    if (!request)
        status = err_set(err, ERR_OUTPUT, "libcurl could not begin a request to %s.", url);
    else {
        prepare(&curl, request, url, body, bytes, headers);
        status = send_it(&curl, request, url, err);
        curl.curl_easy_cleanup(request);
    }
    curl.curl_slist_free_all(headers);
    return status;
}
