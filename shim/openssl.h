/* OpenSSL 1.1 and 3, loaded from a library of its own. */
#ifndef SHIM_OPENSSL_H
#define SHIM_OPENSSL_H

#include "slots.h"

/* Every module that needs libssl calls us from now on. Called by tls.c, one thread at a time. */
void openssl_take(void);

#endif
