/* What to do when the program itself is wrong: BUG() says where and aborts. Never for bad input. */
#ifndef BASE_DIAG_H
#define BASE_DIAG_H

#define BUG(text) diag_bug(__FILE__, __LINE__, text)

/* Prints the place and the sentence on stderr and aborts. */
_Noreturn void diag_bug(const char *file, int line, const char *text);

/* Called when memory is gone; prints one sentence and ends with the status of failed input or output. */
_Noreturn void diag_no_memory(void);

#endif
