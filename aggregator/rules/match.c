/* Walks over processes, paths and lines and turns what a rule matches into signals. */
#include "rules/match.h"

#include "rules/invocation.h"
#include "rules/matcher.h"
#include "rules/values.h"

#include <stdlib.h>

static void translate(const struct rule *rule, struct vec *values)
{
    VEC_EACH (struct value, value, values)
        VEC_EACH (const struct rule_word, word, &rule->words)
            if (str_equal(value->name, word->name) && str_equal(value->text, word->from)) {
                value->text = word->to;
                break;
            }
}

static int64_t number_of(struct matcher *m, struct str text)
{
    char *end = NULL;
    const char *digits = str_c(m->arena, text);
    long long number = strtoll(digits, &end, 10);
    return end == digits || *end || number < 0 ? -1 : number;
}

static void add_results(struct matcher *m, const struct rule *rule, const struct vec *values,
                        struct signal *signal)
{
    VEC_EACH (const struct signal_value, result, &rule->results) {
        struct signal_value *value = VEC_PUSH(m->arena, &signal->values, struct signal_value);
        value->name = result->name;
        value->value = values_expand(m->arena, result->value, values);
    }
}

/* Whether a video is called so: with or without the ~hash that tells two of a name apart. */
static bool is_called(const struct video *video, struct str name)
{
    return str_starts(video->name, name) &&
           (video->name.len == name.len ||
            (video->name.ptr[name.len] == '~' && video->name.len == name.len + 9));
}

uint32_t match_video_called(const struct tree *tree, struct str name, uint32_t otherwise)
{
    uint32_t found = otherwise;
    if (!name.len || (otherwise != NONE && is_called(VEC_AT(&tree->videos, struct video, otherwise), name)))
        return otherwise;
    for (uint32_t i = 0; i < tree->videos.count; i++)
        if (is_called(VEC_AT(&tree->videos, struct video, i), name))
            found = i;
    return found;
}

/* A line may name its video; that counts more than where it was filed. */
static void name_video(struct matcher *m, struct str name, struct signal *signal)
{
    uint32_t video = match_video_called(m->tree, name, signal->video);
    if (video == signal->video)
        return;
    signal->video = video;
    signal->whole_run = false;
}

struct signal *matcher_add(struct matcher *m, const struct rule *rule, const struct observation *observation,
                           struct vec *values)
{
    translate(rule, values);
    struct signal *signal = VEC_PUSH(m->arena, &m->signals, struct signal);
    *signal = (struct signal){.kind = rule->means,
                              .at_ns = observation->at_ns,
                              .end_ns = observation->end_ns,
                              .video = rule->whole_run ? NONE : observation->video,
                              .node = observation->node,
                              .tid = observation->tid,
                              .batch = observation->batch,
                              .whole_run = rule->whole_run || observation->video == NONE,
                              .from_process = observation->from_process,
                              .from_path = observation->path.len > 0,
                              .rule = rule->id,
                              .path = observation->path,
                              .expects = rule->expects,
                              .success = rule->success >= 0 ? rule->success : observation->success,
                              .methods = rule->methods,
                              .proofs = rule->proofs,
                              .missing = rule->missing,
                              .recheck = rule->recheck,
                              .span = NONE,
                              .ended = -1,
                              .exit_status = -1};
    name_video(m, values_expand(m->arena, rule->video, values), signal);
    signal->stage = values_expand(m->arena, rule->stage, values);
    signal->method = values_expand(m->arena, rule->method, values);
    signal->scene = values_expand(m->arena, rule->scene, values);
    signal->name = values_expand(m->arena, rule->name, values);
    signal->check = values_expand(m->arena, rule->check, values);
    signal->message = str_trim(values_expand(m->arena, rule->message, values));
    signal->output = values_expand(m->arena, rule->output, values);
    signal->model = values_expand(m->arena, rule->model, values);
    signal->number = number_of(m, values_expand(m->arena, rule->number, values));
    add_results(m, rule, values, signal);
    return signal;
}

static bool any_matches(const struct vec *regexes, struct str text)
{
    VEC_EACH (const regex_ref, regex, regexes)
        if (regex_match(*regex, text))
            return true;
    return regexes->count == 0;
}

static bool command_matches(struct matcher *m, const struct rule *rule, const struct invocation *command,
                            struct vec *values)
{
    if (!any_matches(&rule->programs, command->program))
        return false;
    if (rule->argv && !regex_capture(rule->argv, command->args, m->arena, values))
        return false;
    VEC_EACH (const struct rule_option, option, &rule->options)
        *VEC_PUSH(m->arena, values, struct value) =
            (struct value){option->name, invocation_option(command->argv, option)};
    return true;
}

static bool status_holds(const struct rule *rule, const struct node *node)
{
    if (rule->status == RULE_STATUS_ANY)
        return true;
    return node->ended && (rule->status == RULE_STATUS_ZERO) == (node->exit_status == 0);
}

/* The first rule of that subject that holds ends the search, unless it says "also". */
static void match_command(struct matcher *m, enum rule_subject on, const struct node *node,
                          const struct invocation *command, const struct observation *observation)
{
    VEC_EACH (const struct rule, rule, &m->rules->rules) {
        struct vec values = {0};
        if (rule->on != on || !status_holds(rule, node) || !command_matches(m, rule, command, &values))
            continue;
        matcher_add(m, rule, observation, &values);
        if (!rule->also)
            return;
    }
}

static void match_node(struct matcher *m, uint32_t index)
{
    const struct node *node = VEC_AT(&m->tree->nodes, struct node, index);
    for (size_t i = 0; i < node->commands.count && !node->folded; i++) {
        const struct invocation *command = VEC_AT(&node->commands, struct invocation, i);
        bool last = i + 1 == node->commands.count;
        struct observation observation = {.at_ns = i ? command->at_ns : node->start_ns,
                                          .end_ns = last ? node->end_ns : command[1].at_ns,
                                          .node = index,
                                          .tid = node->spawn_tid,
                                          .video = node->video,
                                          .success = node->ended && last ? node->exit_status == 0 : -1,
                                          .from_process = true};
        match_command(m, RULE_ON_PROCESS, node, command, &observation);
        if (!last || node->end_ns == NO_TIME)
            continue;
        observation.at_ns = observation.end_ns;
        match_command(m, RULE_ON_EXIT, node, command, &observation);
    }
}

static bool path_matches(struct matcher *m, const struct rule *rule, struct str path, struct str from,
                         struct vec *values)
{
    if (rule->path && !regex_capture(rule->path, path, m->arena, values))
        return false;
    return !rule->from || regex_capture(rule->from, from, m->arena, values);
}

static bool wants(const struct rule *rule, bool renamed, bool first)
{
    return rule->on == RULE_ON_WRITE || (rule->on == RULE_ON_RENAME && renamed) ||
           (rule->on == RULE_ON_CREATE && first);
}

static void match_path(struct matcher *m, const struct observation *observation, struct str from, bool first)
{
    VEC_EACH (const struct rule, rule, &m->rules->rules) {
        struct vec values = {0};
        if (!wants(rule, from.len > 0, first) || !path_matches(m, rule, observation->path, from, &values))
            continue;
        matcher_add(m, rule, observation, &values);
        if (!rule->also)
            return;
    }
}

static int access_order(const void *a, const void *b)
{
    const struct file_access *left = a, *right = b;
    if (left->node != right->node)
        return left->node < right->node ? -1 : 1;
    return str_compare(left->use->path, right->use->path);
}

/* When the process last wrote what it opened at `occurrence`. */
static int64_t last_write(const struct tree *tree, const struct occurrence *occurrence)
{
    struct file_use use = {.path = occurrence->fact->write_open.path};
    struct file_access key = {.node = occurrence->node, .use = &use};
    int64_t last = occurrence->at_ns;
    for (size_t i = vec_lower(&tree->file_accesses, sizeof key, &key, access_order);
         i < tree->file_accesses.count; i++) {
        const struct file_access *access = VEC_AT(&tree->file_accesses, struct file_access, i);
        if (access_order(access, &key) != 0)
            break;
        if (access->last_write_ns > last)
            last = access->last_write_ns;
    }
    return last;
}

static void match_occurrence(struct matcher *m, const struct occurrence *occurrence, struct intern *seen)
{
    const struct fact *fact = occurrence->fact;
    bool renamed = fact->kind == FACT_RENAME && fact->file_rename.error == 0;
    if (!renamed && fact->kind != FACT_OPEN_WRITE)
        return;
    struct observation observation = {.at_ns = occurrence->at_ns,
                                      .end_ns = renamed ? occurrence->at_ns : last_write(m->tree, occurrence),
                                      .node = occurrence->node,
                                      .tid = fact->tid,
                                      .video = occurrence->video,
                                      .success = -1,
                                      .path = fact_path(fact)};
    uint32_t before = (uint32_t)seen->strings.count;
    bool first = intern_add(m->arena, seen, observation.path) >= before;
    match_path(m, &observation, renamed ? fact->file_rename.from : STR(""), first);
}

static bool holds_one(const struct vec *parts, struct str text)
{
    VEC_EACH (const struct str, part, parts)
        if (str_find(text, *part) >= 0)
            return true;
    return parts->count == 0;
}

static void match_line(struct matcher *m, const struct line *line)
{
    struct observation observation = {.at_ns = line->at_ns,
                                      .end_ns = line->at_ns,
                                      .node = line->node,
                                      .tid = line->tid,
                                      .video = line->video,
                                      .batch = line->batch,
                                      .success = -1};
    VEC_EACH (const struct rule, rule, &m->rules->rules) {
        struct vec values = {0};
        if (rule->on != RULE_ON_LINE || !(rule->streams >> line->stream & 1u) ||
            !holds_one(&rule->contains, line->text))
            continue;
        if (rule->line && !regex_capture(rule->line, line->text, m->arena, &values))
            continue;
        matcher_add(m, rule, &observation, &values);
        if (!rule->also)
            return;
    }
}

static int order(const void *a, const void *b)
{
    const struct signal *left = a, *right = b;
    if (left->at_ns != right->at_ns)
        return left->at_ns < right->at_ns ? -1 : 1;
    if (left->node != right->node)
        return left->node < right->node ? -1 : 1;
    if (left->kind != right->kind)
        return left->kind < right->kind ? -1 : 1;
    if (left->span != right->span)
        return left->span < right->span ? -1 : 1;
    int by_rule = str_compare(left->rule, right->rule);
    return by_rule ? by_rule : str_compare(left->path, right->path);
}

struct vec match_all(const struct rules *rules, struct tree *tree)
{
    struct matcher m = {.rules = rules, .tree = tree, .arena = tree->arena};
    struct intern seen = {0};
    match_programs(rules, tree);
    match_spans(&m, tree);
    for (uint32_t i = 0; i < tree->nodes.count; i++)
        match_node(&m, i);
    VEC_EACH (const struct occurrence, occurrence, &tree->occurrences)
        match_occurrence(&m, occurrence, &seen);
    VEC_EACH (const struct line, line, &tree->lines)
        if (!line->by_reader && (line->stream != 1 || line->marked))
            match_line(&m, line);
    VEC_SORT(&m.signals, struct signal, order);
    return m.signals;
}
