/* One HTTP request with a body, by libcurl. */
#ifndef EMIT_EXPORT_HTTP_POST_H
#define EMIT_EXPORT_HTTP_POST_H

#include "base/err.h"

#include <stddef.h>

/* 0 when the server answered with 2xx; else *err says who did not take it and why. */
int http_post(const char *url, const char *type, const char *body, size_t bytes, struct err *err);

#endif
