/* The built-in data, rules of a user's own, and how words and paths are matched. */
#include "unit.h"

#include "rules/invocation.h"
#include "rules/patterns.h"
#include "rules/reading/builtin.h"
#include "rules/reading/glob.h"
#include "rules/values.h"

static struct rules *builtin(struct arena **arena)
{
    *arena = arena_new();
    return rules_builtin(*arena);
}

static bool holds_marker(struct str text)
{
    static const char *const markers[] = {
#define VL_MARKER(text) text,
#include "vl/markers.def"
#undef VL_MARKER
    };
    for (size_t i = 0; i < sizeof markers / sizeof *markers; i++)
        if (str_find(text, str_of(markers[i])) >= 0)
            return true;
    return false;
}

/* The recorder keeps a line of standard output only if it holds a marker. */
START_TEST(every_rule_on_standard_output_asks_for_a_marker)
{
    struct arena *arena;
    struct rules *rules = builtin(&arena);
    VEC_EACH (const struct rule, rule, &rules->rules) {
        if (rule->on != RULE_ON_LINE || !(rule->streams & 1u << 1))
            continue;
        ck_assert_msg(rule->contains.count > 0, "rule %.*s", STR_ARG(rule->id));
        VEC_EACH (const struct str, part, &rule->contains)
            ck_assert_msg(holds_marker(*part) || rule->streams & 1u << 2, "rule %.*s", STR_ARG(rule->id));
    }
    arena_free(arena);
}
END_TEST

START_TEST(rule_ids_are_different_and_expected_rules_are_there)
{
    struct arena *arena;
    struct rules *rules = builtin(&arena);
    VEC_EACH (const struct rule, rule, &rules->rules) {
        bool there = rule->expects.len == 0;
        VEC_EACH (const struct rule, other, &rules->rules) {
            ck_assert(rule == other || !str_equal(rule->id, other->id));
            there |= str_equal(rule->expects, other->id);
        }
        ck_assert_msg(there, "rule %.*s", STR_ARG(rule->id));
    }
    arena_free(arena);
}
END_TEST

static void expect_category(const char *line, const char *category, const char *fix)
{
    struct arena *arena;
    struct rules *rules = builtin(&arena);
    struct error_kind verdict;
    ck_assert_msg(patterns_match(arena, rules, str_of(line), &verdict), "%s", line);
    ck_str_is(verdict.category, category);
    ck_str_is(verdict.fix, fix);
    arena_free(arena);
}

START_TEST(the_first_row_that_matches_wins)
{
    expect_category("IndentationError: unexpected indent", "syntax_error", "Re-indent the code");
    expect_category("SyntaxError: invalid syntax", "syntax_error", "Fix the reported line");
    expect_category("NameError: name 'TextMobject' is not defined", "import_error", "Use Text or MathTex");
    expect_category("NameError: name 'foo' is not defined", "runtime_error", "Define or import foo");
    expect_category("ModuleNotFoundError: No module named 'numpy'", "import_error",
                    "Install or inline numpy");
    expect_category("FileNotFoundError: [Errno 2] No such file or directory: 'claude'", "dependency_error",
                    "Install claude");
    expect_category("my.own.StrangeError: odd", "runtime_error", "See the stack trace");
}
END_TEST

static void expect_evidence(struct evidence evidence, const char *category)
{
    struct arena *arena;
    struct rules *rules = builtin(&arena);
    struct error_kind verdict;
    bool found = patterns_weigh(arena, rules, &evidence, &verdict);
    ck_assert_int_eq(found, category != NULL);
    if (found)
        ck_str_is(verdict.category, category);
    arena_free(arena);
}

START_TEST(the_way_it_ended_is_evidence)
{
    expect_evidence((struct evidence){.killed_by_parent = true, .signal = 9, .killer_seen = true},
                    "timeout_error");
    expect_evidence((struct evidence){.signal = 9, .peak_kb = 4u << 20}, "resource_error");
    expect_evidence((struct evidence){.signal = 9, .peak_kb = 4u << 10}, NULL);
    expect_evidence((struct evidence){.signal = 9, .killer_seen = true, .peak_kb = 4u << 20}, NULL);
    expect_evidence((struct evidence){.signal = 11}, "runtime_error");
    expect_evidence((struct evidence){.signal = 4}, "dependency_error");
    expect_evidence((struct evidence){.failed_without_text = true}, "unknown_error");
    expect_evidence((struct evidence){0}, NULL);
}
END_TEST

static bool glob_holds(const char *glob, const char *path, struct vec *values, struct arena *arena)
{
    struct regex *regex;
    struct err err = {0};
    ck_assert_int_eq(regex_compile(arena, STR("test"), glob_expression(arena, str_of(glob)), &regex, &err),
                     0);
    return regex_capture(regex, str_of(path), arena, values);
}

START_TEST(path_patterns_capture_names)
{
    struct arena *arena = arena_new();
    struct vec values = {0};
    ck_assert(glob_holds("**/claude_fix_prompt_{scene:.+}_{number:\\d+}.txt",
                         "/tmp/claude_fix_prompt_A_b_12.txt", &values, arena));
    ck_str_is(values_find(&values, STR("scene")), "A_b");
    ck_str_is(values_find(&values, STR("number")), "12");
    ck_assert(glob_holds("**/a*.py", "/x/y/abc.py", &values, arena));
    ck_assert(!glob_holds("**/a*.py", "/x/y/a/c.py", &values, arena));
    ck_assert(!glob_holds("/x/?.py", "/x/ab.py", &values, arena));
    arena_free(arena);
}
END_TEST

START_TEST(templates_take_values_and_defaults)
{
    struct arena *arena = arena_new();
    struct vec values = {0};
    *VEC_PUSH(arena, &values, struct value) = (struct value){STR("quality"), STR("l")};
    ck_str_is(values_expand(arena, STR("scene_{quality|default}"), &values), "scene_l");
    ck_str_is(values_expand(arena, STR("scene_{other|default}"), &values), "scene_default");
    ck_str_is(values_expand(arena, STR("{other}{"), &values), "{");
    arena_free(arena);
}
END_TEST

static void expect_program(struct str argv, const char *program, const char *args)
{
    struct arena *arena;
    struct rules *rules = builtin(&arena);
    struct invocation command = {.argv = argv};
    invocation_find(arena, rules, STR(""), &command);
    ck_str_is(command.program, program);
    ck_str_is(command.args, args);
    arena_free(arena);
}

START_TEST(an_interpreter_in_front_of_a_script_is_taken_off)
{
    expect_program(STR("/opt/bin/manim\0render\0F\0"), "manim", "render F");
    expect_program(STR("python3\0/opt/bin/manim\0render\0F\0"), "manim", "render F");
    expect_program(STR("/usr/bin/python3.12\0-u\0-m\0manim\0render\0"), "manim", "render");
    expect_program(STR("/usr/bin/env\0PATH=/x\0python3\0render_videos.py\0"), "render_videos.py", "");
    expect_program(STR("python3\0-c\0print(1)\0"), "python3", "-c print(1)");
    expect_program(STR("sh\0-c\0latex x\0"), "sh", "-c latex x");
}
END_TEST

START_TEST(options_are_found_in_every_spelling)
{
    struct arena *arena = arena_new();
    struct rule_option quality = {.name = STR("quality")};
    *VEC_PUSH(arena, &quality.spellings, struct str) = STR("-q");
    *VEC_PUSH(arena, &quality.spellings, struct str) = STR("--quality");
    ck_str_is(invocation_option(STR("manim\0-ql\0"), &quality), "l");
    ck_str_is(invocation_option(STR("manim\0-q\0h\0"), &quality), "h");
    ck_str_is(invocation_option(STR("manim\0--quality\0k\0"), &quality), "k");
    ck_str_is(invocation_option(STR("manim\0--quality=p\0"), &quality), "p");
    ck_str_is(invocation_option(STR("manim\0--qualityless\0"), &quality), "");
    arena_free(arena);
}
END_TEST

static void expect_refusal(const char *text, const char *part)
{
    struct arena *arena = arena_new();
    struct rules rules = {.arena = arena};
    struct err err = {0};
    ck_assert_int_lt(rules_parse(&rules, STR("my.json"), str_of(text), &err), 0);
    ck_assert_msg(strstr(err.text, part) && strstr(err.text, "my.json"), "%s", err.text);
    arena_free(arena);
}

START_TEST(a_wrong_file_is_refused_with_its_place)
{
    expect_refusal("{\n \"rules\": [}", "my.json:2:");
    expect_refusal("[1]", "JSON object");
    expect_refusal("{\"rules\": [{}]}", "id");
    expect_refusal("{\"rules\": [{\"id\": \"a\", \"on\": \"paths\", \"means\": \"work\"}]}", "rule \"a\"");
    expect_refusal("{\"rules\": [{\"id\": \"a\", \"on\": \"line\", \"means\": \"work\", \"lime\": \"x\"}]}",
                   "lime");
    expect_refusal("{\"rules\": [{\"id\": \"a\", \"on\": \"line\", \"means\": \"work\", \"line\": \"(x\"}]}",
                   "character");
}
END_TEST

START_TEST(the_error_table_is_word_for_word)
{
    struct str text = builtin_patterns();
    ck_assert(str_starts(text, STR("# PCRE2 on one line of text")));
    ck_assert(str_find(text, STR("@exit_not_0_no_known_text\tunknown\tnull\tnull")) > 0);
}
END_TEST

UNIT_TESTS("rules: rules", every_rule_on_standard_output_asks_for_a_marker,
           rule_ids_are_different_and_expected_rules_are_there, the_first_row_that_matches_wins,
           the_way_it_ended_is_evidence, path_patterns_capture_names, templates_take_values_and_defaults,
           an_interpreter_in_front_of_a_script_is_taken_off, options_are_found_in_every_spelling,
           a_wrong_file_is_refused_with_its_place, the_error_table_is_word_for_word)
