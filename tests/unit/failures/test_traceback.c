/* From printed text to tracebacks: plain, chained, boxed, and broken. */
#include "unit.h"

#include "failures/traceback.h"

static struct vec lines_of_text(struct arena *arena, const char *text)
{
    struct vec lines = {0};
    struct str rest = str_of(text), part;
    while (str_next(&rest, '\n', &part)) {
        struct line *line = VEC_PUSH(arena, &lines, struct line);
        *line = (struct line){.stream = 2, .at_ns = (int64_t)lines.count, .text = part, .video = 3};
    }
    return lines;
}

static struct vec traces(struct arena *arena, const char *text)
{
    struct vec lines = lines_of_text(arena, text);
    return traceback_find(arena, lines.items, lines.count);
}

START_TEST(a_plain_traceback_keeps_its_text)
{
    struct arena *arena = arena_new();
    struct vec found =
        traces(arena, "starting\nTraceback (most recent call last):\n  File \"a.py\", line 1, in f\n"
                      "    g()\n    ^^^\nValueError: bad\nafter");
    ck_assert_uint_eq(found.count, 1);
    const struct traceback *trace = VEC_AT(&found, struct traceback, 0);
    ck_str_is(traceback_message(trace), "ValueError: bad");
    ck_str_is(trace->text,
              "Traceback (most recent call last):\n  File \"a.py\", line 1, in f\n    g()\n    ^^^\n"
              "ValueError: bad");
    ck_assert_int_eq(trace->at_ns, 6);
    arena_free(arena);
}
END_TEST

START_TEST(a_chain_is_one_traceback_with_the_last_error_as_its_message)
{
    struct arena *arena = arena_new();
    struct vec found =
        traces(arena, "Traceback (most recent call last):\n  File \"a.py\", line 1\n    x\nKeyError: 'k'\n\n"
                      "During handling of the above exception, another exception occurred:\n\n"
                      "Traceback (most recent call last):\n  File \"a.py\", line 2\n    y\nValueError: v\n\n"
                      "The above exception was the direct cause of the following exception:\n\n"
                      "Traceback (most recent call last):\n  File \"a.py\", line 3\n    z\nmy.Error\n");
    ck_assert_uint_eq(found.count, 1);
    const struct traceback *trace = VEC_AT(&found, struct traceback, 0);
    ck_assert_uint_eq(trace->chain.count, 3);
    ck_str_is(*VEC_AT(&trace->chain, struct str, 0), "KeyError: 'k'");
    ck_str_is(traceback_message(trace), "my.Error");
    arena_free(arena);
}
END_TEST

#define BAR  "\xe2\x94\x82"
#define TOP  "\xe2\x95\xad"
#define END  "\xe2\x95\xb0"
#define DASH "\xe2\x94\x80"

START_TEST(the_box_is_undone_and_a_broken_message_joined)
{
    struct arena *arena = arena_new();
    /* the box is 43 characters wide: the message was broken where the next word had not fitted */
    struct vec found =
        traces(arena, TOP DASH DASH " Traceback (most recent call last) " DASH DASH DASH DASH "\n" BAR
                                    " /x/scene.py:7 in construct           " BAR "\n" END DASH DASH "\n"
                                    "TypeError: Mobject.__init__() got an\n"
                                    "unexpected keyword argument 'size'\nmore");
    ck_assert_uint_eq(found.count, 1);
    const struct traceback *trace = VEC_AT(&found, struct traceback, 0);
    ck_str_is(traceback_message(trace),
              "TypeError: Mobject.__init__() got an unexpected keyword argument 'size'");
    ck_assert(str_find(trace->text, STR("/x/scene.py:7 in construct\n")) > 0);
    ck_assert_int_lt(str_find(trace->text, STR(BAR)), 0);
    arena_free(arena);
}
END_TEST

START_TEST(a_syntax_error_of_the_main_script_has_no_title)
{
    struct arena *arena = arena_new();
    struct vec found =
        traces(arena, "  File \"s.py\", line 4\n    f(\n     ^\nSyntaxError: '(' was never closed");
    ck_assert_uint_eq(found.count, 1);
    ck_str_is(traceback_message(VEC_AT(&found, struct traceback, 0)), "SyntaxError: '(' was never closed");
    arena_free(arena);
}
END_TEST

START_TEST(what_is_cut_off_is_no_traceback)
{
    struct arena *arena = arena_new();
    ck_assert_uint_eq(traces(arena, "Traceback (most recent call last):\n  File \"a.py\", line 1").count, 0);
    ck_assert_uint_eq(traces(arena, "Traceback (most recent call last):\n").count, 0);
    ck_assert_uint_eq(traces(arena, TOP " Traceback (most recent call last)\n" BAR " x").count, 0);
    ck_assert_uint_eq(traces(arena, "").count, 0);
    arena_free(arena);
}
END_TEST

UNIT_TESTS("failures: tracebacks and lines", a_plain_traceback_keeps_its_text,
           a_chain_is_one_traceback_with_the_last_error_as_its_message,
           the_box_is_undone_and_a_broken_message_joined, a_syntax_error_of_the_main_script_has_no_title,
           what_is_cut_off_is_no_traceback)
