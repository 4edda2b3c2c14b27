/* Errors out of a log that Rich printed, however wide the console is. */
#include "unit.h"

#include "failures/error_formats.h"

static struct vec found_in(struct arena *arena, const char *text)
{
    struct vec lines = {0};
    struct str rest = str_of(text), part;
    while (str_next(&rest, '\n', &part))
        *VEC_PUSH(arena, &lines, struct line) = (struct line){.stream = 1, .at_ns = 7, .text = part};
    return rich_format_find(arena, lines.items, lines.count);
}

static void is(const char *text, const char *expected)
{
    struct arena *arena = arena_new();
    struct vec found = found_in(arena, text);
    ck_assert_uint_eq(found.count, expected ? 1 : 0);
    if (expected) {
        const struct line *line = *VEC_AT(&found, const struct line *, 0);
        ck_str_is(line->text, expected);
        ck_assert_int_eq(line->at_ns, 7);
    }
    arena_free(arena);
}

START_TEST(a_message_in_its_column)
{
    is("Manim Community v0.22.0\n\n"
       "[11/25/26 03:19:01] ERROR    LaTeX compilation error:    tex_file_writing.py:320\n"
       "                             Undefined control sequence.                        \n"
       "                                                                                \n"
       "                    INFO     Context of error:           tex_file_writing.py:354\n"
       "                             -> 1                                               \n",
       "! Undefined control sequence.");
}
END_TEST

START_TEST(a_message_over_several_lines)
{
    is("                    ERROR    LaTeX compilation error:  tex_file_writing.py:320\n"
       "                             LaTeX Error: File\n"
       "                             `physics.sty' not found.\n"
       "                    INFO     Context of error:",
       "! LaTeX Error: File `physics.sty' not found.");
}
END_TEST

START_TEST(a_wide_console)
{
    is("[11/25/26 03:19:01] ERROR    LaTeX compilation error: Missing $ inserted.        "
       "tex_file_writing.py:320\n",
       "! Missing $ inserted.");
    is("[11/25/26 03:19:01] ERROR    LaTeX compilation error: See chapter 3:4", "! See chapter 3:4");
}
END_TEST

START_TEST(other_errors)
{
    is("[11/25/26 03:59:55] ERROR                                       module_ops.py:90\n"
       "                                There are no scenes inside that                 \n"
       "                             module                                             \n"
       "                                                                                \n",
       "There are no scenes inside that module");
    is("[03:59:55] CRITICAL no film", "no film");
}
END_TEST

START_TEST(nothing_else)
{
    is("[11/25/26 03:19:01] ERROR    LaTeX compilation error:    tex_file_writing.py:320\n", NULL);
    is("ERROR    at the line's begin, as no Rich prints it", NULL);
    is("[1, 2] no ERROR    here", NULL);
    is("    raise Failure(\"LaTeX compilation error: none\")\n", NULL);
    is("", NULL);
}
END_TEST

UNIT_TESTS("failures: logs by Rich", a_message_in_its_column, a_message_over_several_lines, a_wide_console,
           other_errors, nothing_else)
