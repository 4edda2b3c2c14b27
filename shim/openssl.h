/* OpenSSL 1.1 and 3, and libraries that keep to its names, each with functions of its own. For tls.c. */
#ifndef SHIM_OPENSSL_H
#define SHIM_OPENSSL_H

#include "slots.h"

#define OPENSSL_LIBRARIES 4
#define OPENSSL_MARK      "SSL_write" /* what has it is such a library */

extern struct slot_library openssl_libraries[OPENSSL_LIBRARIES];

#endif
