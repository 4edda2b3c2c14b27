/* vlagg doctor: what the recorder will see of a program, or what it finds on this machine. */
#include "cmd/cmd.h"

#include "usecases/examine.h"

#include <getopt.h>

static const struct option words[] = {
    {"json", no_argument, NULL, 'j'},
    {0},
};

int cmd_doctor(int argc, char **argv)
{
    struct err err = {0};
    bool json = false;
    opterr = 0;
    for (int option; (option = getopt_long(argc, argv, "+", words, NULL)) != -1;) {
        if (option != 'j')
            return cmd_bad_option(argc, argv);
        json = true;
    }
    return examine_program(argv + optind, json, stdout, &err) ? cmd_fail(&err) : STATUS_DONE;
}
