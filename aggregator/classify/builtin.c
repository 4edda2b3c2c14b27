/* The data files, word for word, inside the program. */
#include "classify/builtin.h"

#define EMBED(name, file)                                                                                    \
    __asm__(".pushsection .rodata\n"                                                                         \
            ".globl " #name "_begin\n" #name "_begin:\n"                                                     \
            ".incbin \"" file "\"\n"                                                                         \
            ".globl " #name "_end\n" #name "_end:\n"                                                         \
            ".byte 0\n"                                                                                      \
            ".popsection\n");                                                                                \
    extern const char name##_begin[], name##_end[]

EMBED(builtin_rules_data, "data/rules.json");
EMBED(builtin_patterns_data, "data/error-patterns.tsv");

struct str builtin_rules(void)
{
    return (struct str){builtin_rules_data_begin,
                        (size_t)(builtin_rules_data_end - builtin_rules_data_begin)};
}

struct str builtin_patterns(void)
{
    return (struct str){builtin_patterns_data_begin,
                        (size_t)(builtin_patterns_data_end - builtin_patterns_data_begin)};
}
