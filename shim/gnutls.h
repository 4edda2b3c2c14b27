/* GnuTLS, each library with functions of its own. For tls.c. */
#ifndef SHIM_GNUTLS_H
#define SHIM_GNUTLS_H

#include "slots.h"

#define GNUTLS_LIBRARIES 2
#define GNUTLS_MARK      "gnutls_record_send" /* what has it is such a library */

extern struct slot_library gnutls_libraries[GNUTLS_LIBRARIES];

#endif
