/* One line a finding; the JSON has the same in the same order. */
#include "emit/screen/doctor_screen.h"

#include "emit/json.h"

#include <stdlib.h>

static const char *const words[] = {[SEEN_YES] = "yes", [SEEN_PARTLY] = "partly", [SEEN_NO] = "no"};

static void print_program(FILE *out, const struct diagnosed *program)
{
    fprintf(out, STR_FMT ": " STR_FMT "%s" STR_FMT "\n", STR_ARG(program->path), STR_ARG(program->shape),
            program->note.len ? "; " : "", STR_ARG(program->note));
    VEC_EACH (const struct capability, capability, &program->capabilities)
        fprintf(out, "  %-7s %-13s " STR_FMT "\n", words[capability->seen], capability->what,
                STR_ARG(capability->why));
}

int doctor_screen_print(FILE *out, const struct diagnosis *diagnosis)
{
    VEC_EACH (const struct diagnosed, program, &diagnosis->programs)
        print_program(out, program);
    VEC_EACH (const struct finding, finding, &diagnosis->findings)
        fprintf(out, "%-7s %-9s " STR_FMT "%s" STR_FMT "\n", words[finding->fine], finding->what,
                STR_ARG(finding->found), finding->advice.len ? ": " : "", STR_ARG(finding->advice));
    return ferror(out) ? -1 : 0;
}

static json_t *capabilities_json(const struct vec *capabilities)
{
    json_t *object = json_object();
    VEC_EACH (const struct capability, capability, capabilities) {
        json_t *one = json_object();
        json_object_set_new(one, "seen", json_string(words[capability->seen]));
        json_object_set_new(one, "why", json_text(capability->why));
        json_object_set_new(object, capability->what, one);
    }
    return object;
}

static json_t *program_json(const struct diagnosed *program)
{
    json_t *object = json_object();
    json_object_set_new(object, "word", json_text(program->word));
    json_object_set_new(object, "path", json_text(program->path));
    json_object_set_new(object, "shape", json_text(program->shape));
    json_object_set_new(object, "note", json_text_or_null(program->note));
    if (program->capabilities.count)
        json_object_set_new(object, "sees", capabilities_json(&program->capabilities));
    return object;
}

static json_t *finding_json(const struct finding *finding)
{
    json_t *object = json_object();
    json_object_set_new(object, "what", json_string(finding->what));
    json_object_set_new(object, "fine", json_string(words[finding->fine]));
    json_object_set_new(object, "found", json_text(finding->found));
    json_object_set_new(object, "advice", json_text_or_null(finding->advice));
    return object;
}

int doctor_screen_write_json(FILE *out, const struct diagnosis *diagnosis)
{
    json_t *root = json_object(), *programs = json_array(), *machine = json_array();
    VEC_EACH (const struct diagnosed, program, &diagnosis->programs)
        json_array_append_new(programs, program_json(program));
    VEC_EACH (const struct finding, finding, &diagnosis->findings)
        json_array_append_new(machine, finding_json(finding));
    json_object_set_new(root, "programs", programs);
    json_object_set_new(root, "machine", machine);
    size_t bytes;
    char *text = json_write(root, &bytes);
    fwrite(text, 1, bytes, out);
    free(text);
    json_decref(root);
    return ferror(out) ? -1 : 0;
}
