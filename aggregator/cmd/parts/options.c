/* getopt_long does the work. */
#include "cmd/parts/options.h"

#include "cmd/cmd.h"

#include <getopt.h>

#define ROWS_MAX 16

static const struct option_row *row_of(const struct option_row *rows, size_t count, int option)
{
    for (size_t i = 0; i < count; i++)
        if (option == (int)(256 + i) || (rows[i].letter && option == rows[i].letter))
            return &rows[i];
    return NULL;
}

int options_read(int argc, char **argv, const struct option_row *rows, size_t count)
{
    struct option words[ROWS_MAX + 1] = {0};
    char letters[2 * ROWS_MAX + 1], *end = letters;
    for (size_t i = 0; i < count && i < ROWS_MAX; i++) {
        words[i] = (struct option){rows[i].name, rows[i].text ? required_argument : no_argument, NULL,
                                   (int)(256 + i)};
        if (rows[i].letter)
            *end++ = rows[i].letter;
        if (rows[i].letter && rows[i].text)
            *end++ = ':';
    }
    *end = '\0';
    opterr = 0;
    for (int option; (option = getopt_long(argc, argv, letters, words, NULL)) != -1;) {
        const struct option_row *row = row_of(rows, count, option);
        if (!row)
            return -cmd_bad_option(argc, argv);
        if (row->text)
            *row->text = optarg;
        else
            *row->flag = true;
    }
    return optind;
}
