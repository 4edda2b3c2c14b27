/* inspect -> emit: one command, or the machine. */
#include "usecases/examine.h"

#include "emit/screen/doctor_screen.h"
#include "inspect/command.h"
#include "inspect/machine.h"
#include "inspect/program.h"

#include <errno.h>
#include <string.h>

static int look_at_command(struct arena *arena, char *const *words, struct diagnosis *out, struct err *err)
{
    struct vec steps = command_steps(arena, words);
    VEC_EACH (const struct step, step, &steps) {
        if (!step->path.len)
            return err_set(err, ERR_INPUT,
                           "'" STR_FMT "' is no program that can be executed; name its path, or look at PATH",
                           STR_ARG(step->word));
        *VEC_PUSH(arena, &out->programs, struct diagnosed) =
            program_judge(arena, step, step == VEC_LAST(&steps, struct step));
    }
    return 0;
}

int examine_program(char *const *words, bool json, FILE *out, struct err *err)
{
    struct arena *arena = arena_new();
    struct diagnosis found = {0};
    int result = 0;
    if (*words)
        result = look_at_command(arena, words, &found, err);
    else
        found.findings = machine_look(arena);
    if (!result) {
        int failed = json ? doctor_screen_write_json(out, &found) : doctor_screen_print(out, &found);
        if ((failed || fflush(out)) && errno != EPIPE)
            result = err_set(err, ERR_OUTPUT, "what was found could not be written: %s", strerror(errno));
    }
    arena_free(arena);
    return result;
}
