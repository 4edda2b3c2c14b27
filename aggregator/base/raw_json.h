/* JSON text that a parser would change or refuse: numbers of many digits, halves of surrogates, NUL. They
 * travel as strings that begin with EXACT_MARK and go on with what stood there, and are written out as that.
 * NaN and Infinity, which Python writes and JSON has not, become strings for good. */
#ifndef BASE_RAW_JSON_H
#define BASE_RAW_JSON_H

#include "base/str.h"

#define RAW_JSON_MARK "\xee\x80\x80raw:" /* U+E000, of private use */

enum raw_json_which {
    RAW_JSON_ALL,    /* whatever would be written otherwise than it was read */
    RAW_JSON_NEEDED, /* only what a parser refuses */
};

/* malloc'd, ended by a NUL that *bytes does not count; NULL: no memory. What is not JSON stays that. */
char *raw_json_hold(struct str text, enum raw_json_which how, size_t *bytes);

/* What stood there, where a string is such a one; else "" with ptr NULL. */
struct str raw_json_of(struct str text);

#endif
