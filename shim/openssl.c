/* Places for libraries with OpenSSL's names, 1.1, 3, and those that keep to them. */
#include "openssl.h"

#include "library_calls.h"
#include "tap.h"

#include <stdint.h>
#include <sys/types.h>

#define SNI_HOST_NAME 0 /* TLSEXT_NAMETYPE_host_name */

typedef struct ssl SSL;

#define LIBRARY a
#include "openssl_calls.h"
#undef LIBRARY
#define LIBRARY b
#include "openssl_calls.h"
#undef LIBRARY
#define LIBRARY c
#include "openssl_calls.h"
#undef LIBRARY
#define LIBRARY d
#include "openssl_calls.h"

struct slot_library openssl_libraries[OPENSSL_LIBRARIES] = {PLACE(a), PLACE(b), PLACE(c), PLACE(d)};
