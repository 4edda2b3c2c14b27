/* See python/filter.h. */
#include "python/filter.h"

#include "python/pattern.h"

#include <string.h>

/* The last part of a module's pattern, and the first word of a function's; texts and no pointers, which every
 * process would have to relocate. */
static const struct word {
    uint8_t module_bytes, word_bytes;
    char module[62], word[64];
} words[] = {
#define SPAN_WORD(module, word) {sizeof module - 1, sizeof word - 1, module, word},
#include "span_words.def"
#undef SPAN_WORD
};
#define WORDS (sizeof words / sizeof *words)

static bool fits_module(const struct word *w, const char *module, size_t bytes)
{
    if (w->module[0] != *module && !pattern_is_open(w->module, 1))
        return false;
    return pattern_fits(w->module, w->module + w->module_bytes, module, module + bytes);
}

/* All names that a module stores are interned. */
bool filter_is_named(PyObject *code, const char *name)
{
    bool found = false;
    PyObject *names = py_attribute(code, "co_names"), *key = py.PyUnicode_InternFromString(name);
    long n = names && key ? py.PyTuple_Size(names) : 0;
    for (long i = 0; i < n && !found; i++)
        found = py.PyTuple_GetItem(names, i) == key;
    py_drop(key);
    py_drop(names);
    return found;
}

bool filter_passes(const char *module, size_t bytes, PyObject *code)
{
    for (size_t i = 0; i < WORDS; i++)
        if (fits_module(&words[i], module, bytes) &&
            (pattern_is_open(words[i].word, words[i].word_bytes) || filter_is_named(code, words[i].word)))
            return true;
    return false;
}

bool filter_knows(const char *module, const char *word)
{
    for (size_t i = 0; i < WORDS; i++)
        if (fits_module(&words[i], module, strlen(module)) && strcmp(words[i].word, word) == 0)
            return true;
    return false;
}
