/* A file inside the program, word for word: EMBED(name, "path") at file scope, then name() is its text.
 *
 * The path is looked for from the top folder and from the build folder. A NUL follows the text. Names are the
 * whole program's. Objects that embed are made again when a file of data/ changes (mk/aggregator.mk). */
#ifndef BASE_EMBED_H
#define BASE_EMBED_H

#include "base/str.h"

#define EMBED(name, file)                                                                                    \
    __asm__(".pushsection .rodata\n"                                                                         \
            ".globl " #name "_begin\n" #name "_begin:\n"                                                     \
            ".incbin \"" file "\"\n"                                                                         \
            ".globl " #name "_end\n" #name "_end:\n"                                                         \
            ".byte 0\n"                                                                                      \
            ".popsection\n");                                                                                \
    extern const char name##_begin[], name##_end[];                                                          \
    static struct str name(void) { return (struct str){name##_begin, (size_t)(name##_end - name##_begin)}; } \
    _Static_assert(1, "a semicolon follows")

#endif
