/* Programs that do little but start the one that their words name. */
#ifndef INSPECT_WRAPPER_H
#define INSPECT_WRAPPER_H

#include "base/arena.h"
#include "base/str.h"

/* The words of the command that a wrapper starts, NULL: it is no wrapper, or starts none. words[0] is the
 * wrapper itself. The command of a shell's -c is cut into words at blanks. */
char *const *wrapper_inner(struct arena *arena, struct str program, char *const *words);

/* sh, bash, dash and the like, by the program's name. */
bool wrapper_is_shell(struct str program);

#endif
