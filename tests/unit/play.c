/* Plays beats into facts. Every process of the play runs on one host. */
#include "play.h"

#include "unit.h"

#include "vl/event.h"
#include "vl/spool.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>

#define EPOCH_NS  1767225600000000000 /* 2026-01-01T00:00:00Z */
#define START_NS  3600000000000u      /* ticks of beat 0: one hour after the boot */
#define TICKS(ms) (START_NS + (uint64_t)(ms)*1000000u)

struct stage {
    struct facts *facts;
    const struct beat *beats;
    size_t count;
    uint32_t host;
};

static uint32_t video_of(struct stage *s, const char *name)
{
    char folder[512];
    snprintf(folder, sizeof folder, PLAY_FOLDER "/%s", name ? name : "");
    return name ? facts_video(s->facts, str_of(name), str_of(folder), 0)
                : facts_video(s->facts, STR(""), STR(""), 0);
}

static uint64_t start_of(const struct stage *s, uint32_t pid)
{
    for (size_t i = 0; i < s->count; i++)
        if (s->beats[i].kind == BEAT_START && s->beats[i].pid == pid)
            return TICKS(s->beats[i].ms);
    return 0;
}

static uint32_t process_of(struct stage *s, uint32_t pid)
{
    return facts_process(s->facts, s->host, pid, start_of(s, pid));
}

/* "a b" as argv words. */
static struct str words(const char *text, char *out)
{
    size_t length = strlen(text) + 1;
    memcpy(out, text, length);
    for (size_t i = 0; i < length; i++)
        if (out[i] == ' ')
            out[i] = '\0';
    return (struct str){out, length};
}

/* A process that is started says with k which thread starts it. */
static uint32_t tid_of(const struct beat *beat)
{
    bool threads = beat->kind >= BEAT_CALL || beat->kind == BEAT_START || beat->kind == BEAT_WRITE ||
                   beat->kind == BEAT_RENAME;
    return beat->pid + (threads ? (uint32_t)beat->k : 0);
}

static void add_fact(struct stage *s, const struct beat *beat, size_t index, struct fact fact)
{
    fact.ticks = TICKS(beat->ms);
    fact.sequence = (index + 1) * 1000;
    fact.process = process_of(s, beat->pid);
    fact.tid = tid_of(beat);
    fact.video = video_of(s, beat->video);
    facts_add_video_of(s->facts, fact.process, fact.video);
    facts_add_event(s->facts, fact);
}

static void start(struct stage *s, const struct beat *beat, size_t index)
{
    char room[1024];
    struct str argv = words(beat->a, room);
    uint32_t process = process_of(s, beat->pid);
    struct image image = {.ticks = TICKS(beat->ms), .how = VL_START_EXEC, .seen_inside = true, .argv = argv};
    image.argv_bytes = argv.len;
    facts_add_image(s->facts, process, image);
    facts_add_video_of(s->facts, process, video_of(s, beat->video));
    facts_add_parent(s->facts, process, (uint32_t)beat->n, start_of(s, (uint32_t)beat->n));
    if (!beat->n)
        return;
    struct beat by_parent = *beat;
    by_parent.pid = (uint32_t)beat->n;
    add_fact(s, &by_parent, index,
             (struct fact){
                 .kind = FACT_SPAWN,
                 .process_spawn = {
                     .how = VL_START_POSIX_SPAWN, .child = beat->pid, .argv = argv, .argv_bytes = argv.len}});
}

static void reap(struct stage *s, const struct beat *beat, size_t index)
{
    uint64_t ran_us = (TICKS(beat->ms) - start_of(s, (uint32_t)beat->n)) / 1000;
    add_fact(s, beat, index,
             (struct fact){.kind = FACT_REAP,
                           .process_reap = {.child = (uint64_t)beat->n,
                                            .wait_status = (uint64_t)beat->m,
                                            .user_us = ran_us / 10,
                                            .system_us = ran_us / 10,
                                            .maxrss_kb = (uint64_t)beat->k}});
}

static void use_file(struct stage *s, const struct beat *beat, const char *path, bool temp)
{
    uint64_t at = TICKS(beat->ms);
    facts_add_use(s->facts, &(struct file_use){.process = process_of(s, beat->pid),
                                               .video = video_of(s, beat->video),
                                               .path = str_of(path),
                                               .io = {.written_bytes = 1000, .write_ops = 1},
                                               .opens = 1,
                                               .first_ticks = at,
                                               .last_ticks = at,
                                               .first_write_ticks = at,
                                               .last_write_ticks = at,
                                               .created_ticks = temp ? at : 0,
                                               .temp = temp});
}

static void text(struct stage *s, const struct beat *beat, size_t index)
{
    facts_add_text(s->facts, process_of(s, beat->pid),
                   (struct text_piece){.ticks = TICKS(beat->ms),
                                       .sequence = (index + 1) * 1000,
                                       .tid = beat->pid,
                                       .video = video_of(s, beat->video),
                                       .stream = (uint8_t)beat->n,
                                       .flags = beat->kind == BEAT_READ ? VL_TEXT_READ : 0,
                                       .text = str_of(beat->a)});
}

static void perform(struct stage *s, const struct beat *beat, size_t index)
{
    uint32_t process = process_of(s, beat->pid);
    switch (beat->kind) {
    case BEAT_START:
        start(s, beat, index);
        break;
    case BEAT_EXIT:
        facts_add_exit(s->facts, process, VL_EXIT_RETURN, beat->n, TICKS(beat->ms));
        break;
    case BEAT_REAP:
        reap(s, beat, index);
        break;
    case BEAT_KILL:
        add_fact(s, beat, index,
                 (struct fact){.kind = FACT_KILL,
                               .process_kill = {.target = beat->n, .signal = (uint64_t)beat->m}});
        break;
    case BEAT_WRITE:
        use_file(s, beat, beat->a, false);
        add_fact(s, beat, index,
                 (struct fact){.kind = FACT_OPEN_WRITE, .write_open = {str_of(beat->a), O_WRONLY | O_CREAT}});
        break;
    case BEAT_RENAME:
        add_fact(s, beat, index,
                 (struct fact){.kind = FACT_RENAME, .file_rename = {str_of(beat->a), str_of(beat->b), 0}});
        break;
    case BEAT_REMOVE:
        add_fact(s, beat, index, (struct fact){.kind = FACT_REMOVE, .removal.path = str_of(beat->a)});
        break;
    case BEAT_TEMP:
        use_file(s, beat, beat->a, true);
        add_fact(s, beat, index,
                 (struct fact){.kind = FACT_CREATE_TEMP,
                               .temp_file = {str_of(beat->a), O_RDWR | O_CREAT | O_EXCL}});
        break;
    case BEAT_LINE:
        add_fact(s, beat, index, (struct fact){.kind = FACT_LINE, .line = {str_of(beat->a), 1, 0}});
        break;
    case BEAT_TEXT:
    case BEAT_READ:
        text(s, beat, index);
        break;
    case BEAT_CALL:
        add_fact(s, beat, index,
                 (struct fact){.kind = FACT_SPAN_BEGIN,
                               .span_begin = {.function = str_of(beat->a),
                                              .arguments = str_of(beat->b),
                                              .span = (uint64_t)beat->n,
                                              .parent = (uint64_t)beat->m}});
        break;
    case BEAT_END:
        add_fact(s, beat, index,
                 (struct fact){.kind = FACT_SPAN_END,
                               .span_end = {.span = (uint64_t)beat->n,
                                            .how = (uint64_t)beat->m,
                                            .result = str_of(beat->a)}});
        break;
    case BEAT_RAISE:
        add_fact(s, beat, index,
                 (struct fact){.kind = FACT_RAISE,
                               .exception = {.text = str_of(beat->a),
                                             .line = str_of(beat->b),
                                             .how = (uint64_t)beat->n,
                                             .span = (uint64_t)beat->m,
                                             .count = 1}});
        break;
    case BEAT_NOTE:
        add_fact(
            s, beat, index,
            (struct fact){
                .kind = FACT_NOTE,
                .note_make = {.span = (uint64_t)beat->n, .name = str_of(beat->a), .data = str_of(beat->b)}});
        break;
    }
    struct recorded_process *row = facts_process_at(s->facts, process);
    row->first_ticks = ticks_first(row->first_ticks, TICKS(beat->ms));
    row->last_ticks = ticks_last(row->last_ticks, TICKS(beat->ms));
    row->events++;
}

struct facts *play(const struct beat *beats, size_t count, const size_t *order)
{
    static const uint8_t boot[16] = {0xab};
    struct stage s = {.facts = facts_new(), .beats = beats, .count = count};
    s.host = facts_host(s.facts, STR("box"), boot, VL_CLOCK_MONOTONIC);
    facts_add_pair(s.facts, s.host, (struct clock_pair){START_NS, EPOCH_NS, START_NS, 0});
    facts_add_offset(s.facts, s.host, (struct utc_offset){START_NS, 3600});
    for (size_t i = 0; i < count; i++) {
        size_t index = order ? order[i] : i;
        perform(&s, &beats[index], index);
        s.facts->event_count++;
    }
    facts_settle(s.facts);
    return s.facts;
}
