/* See python/json.h. */
#include "python/json.h"

#include "scratch.h"

#include <string.h>

#define TAIL_BYTES 32 /* for what says that something is missing, and for brackets */
#define STRING_MAX 1500

bool json_put(struct py_json *j, const char *text, size_t n)
{
    if (j->bytes + n > JSON_BYTES - TAIL_BYTES)
        return false;
    memcpy(j->text + j->bytes, text, n);
    j->bytes += n;
    return true;
}

bool json_put_text(struct py_json *j, const char *text) { return json_put(j, text, strlen(text)); }

static size_t escape(char *out, unsigned char c)
{
    if (c == '"' || c == '\\') {
        out[0] = '\\';
        out[1] = (char)c;
        return 2;
    }
    if (c == '\n') {
        memcpy(out, "\\n", 2);
        return 2;
    }
    if (c >= 0x20) {
        out[0] = (char)c;
        return 1;
    }
    memcpy(out, "\\u00", 4);
    out[4] = (char)('0' + (c >> 4));
    out[5] = "0123456789abcdef"[c & 15];
    return 6;
}

bool json_put_quoted(struct py_json *j, const char *text, size_t n)
{
    char piece[8];
    bool fits = json_put_text(j, "\"");
    for (size_t i = 0; i < n && fits; i++)
        fits = json_put(j, piece, escape(piece, (unsigned char)text[i]));
    return fits && json_put_text(j, "\"");
}

struct string {
    char text[STRING_MAX + 8];
};

bool json_put_string(struct py_json *j, PyObject *o)
{
    SCRATCH_WITHIN(struct string, s);
    bool cut;
    if (!s)
        return false;
    size_t n = py_text(o, s->text, STRING_MAX, &cut);
    if (cut) {
        memcpy(s->text + n, "\u2026", strlen("\u2026"));
        n += strlen("\u2026");
    }
    return json_put_quoted(j, s->text, n);
}

/* ---- numbers ---- */

bool json_put_whole(struct py_json *j, PyObject *o)
{
    char text[32];
    int overflow = 0;
    long long v = py.PyLong_AsLongLongAndOverflow(o, &overflow);
    if (overflow)
        return json_put_text(j, "null");
    char *at = text + sizeof text;
    unsigned long long rest = v < 0 ? 0 - (unsigned long long)v : (unsigned long long)v;
    do
        *--at = (char)('0' + rest % 10);
    while ((rest /= 10) > 0);
    if (v < 0)
        *--at = '-';
    return json_put(j, at, (size_t)(text + sizeof text - at));
}

bool json_put_float(struct py_json *j, PyObject *o)
{
    double v = py.PyFloat_AsDouble(o);
    if (v != v || v - v != 0) /* no number of JSON's */
        return json_put_text(j, v != v ? "\"nan\"" : v > 0 ? "\"inf\"" : "\"-inf\"");
    char *text = py.PyOS_double_to_string(v, 'r', 0, 2 /* with .0 */, NULL);
    if (!text) {
        py.PyErr_Clear();
        return json_put_text(j, "null");
    }
    bool fits = json_put_text(j, text);
    py.PyMem_Free(text);
    return fits;
}

void py_json_begin(struct py_json *j)
{
    j->bytes = 1;
    j->cut = false;
    j->text[0] = '{';
}

/* TAIL_BYTES are left for this. */
void py_json_end(struct py_json *j)
{
    static const char more[] = "\"...\": true";
    if (j->cut) {
        if (j->bytes > 1) {
            memcpy(j->text + j->bytes, ", ", 2);
            j->bytes += 2;
        }
        memcpy(j->text + j->bytes, more, sizeof more - 1);
        j->bytes += sizeof more - 1;
    }
    j->text[j->bytes++] = '}';
}
