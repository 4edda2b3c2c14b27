/* An error as one full sentence that names the file (and offset) and what to do.
 *
 * Functions that can fail return 0 or a negative enum err_code and fill the caller's struct err; the first
 * sentence wins, so a caller may add its own without asking. Only cmd/ prints it. */
#ifndef BASE_ERR_H
#define BASE_ERR_H

enum err_code {
    ERR_USAGE = 1, /* wrong arguments */
    ERR_INPUT = 2, /* something could not be read */
    ERR_OUTPUT = 3 /* something could not be written */
};

struct err {
    int code; /* 0: none; else enum err_code */
    char text[1024];
};

/* Stores the sentence unless one is there; returns -code, so that `return err_set(...)` reads well. */
int err_set(struct err *err, enum err_code code, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

#endif
