/* From beats to a log, and from a log to the golden file that it is held against. UPDATE_GOLDEN=1 writes what
 * comes out there instead: read the difference before it is committed. */
#include "play.h"

#include "unit.h"

#include "emit/json.h"
#include "emit/log/log_document.h"
#include "usecases/conclude.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>

static char *log_of(const struct facts *facts)
{
    struct conclusion conclusion;
    struct err err = {0};
    size_t bytes;
    ck_assert_msg(conclude_all(facts, &(struct conclude_options){0}, &conclusion, &err) == 0, "%s", err.text);
    ck_assert_uint_eq(conclusion.logs.count, 1);
    json_t *document = log_document(VEC_AT(&conclusion.logs, struct log, 0));
    char *text = json_write(document, &bytes);
    json_decref(document);
    conclude_free(&conclusion);
    return text;
}

char *play_log(const struct beat *beats, size_t count, const size_t *order)
{
    struct facts *facts = play(beats, count, order);
    char *text = log_of(facts);
    facts_free(facts);
    return text;
}

static char *file_text(const char *path)
{
    char *text = calloc(1, 1 << 20);
    FILE *file = fopen(path, "r");
    ck_assert_msg(file != NULL, "%s is missing: UPDATE_GOLDEN=1 writes it", path);
    text[fread(text, 1, (1 << 20) - 1, file)] = '\0';
    fclose(file);
    return text;
}

void play_hold(const char *name, char *text)
{
    char path[256];
    snprintf(path, sizeof path, "tests/golden/story-%s.json", name);
    if (getenv("UPDATE_GOLDEN")) {
        FILE *file = fopen(path, "w");
        ck_assert_ptr_nonnull(file);
        fputs(text, file);
        fclose(file);
    }
    char *golden = file_text(path);
    ck_assert_str_eq(text, golden);
    free(golden);
    free(text);
}
