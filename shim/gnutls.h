/* GnuTLS. */
#ifndef SHIM_GNUTLS_H
#define SHIM_GNUTLS_H

#include "slots.h"

/* Every module that needs libgnutls calls us from now on. Called by tls.c, one thread at a time. */
void gnutls_take(void);

#endif
