/* The tables of a set of facts: find or add by key. */
#include "model/facts/facts.h"

struct facts *facts_new(void)
{
    struct arena *arena = arena_new();
    struct facts *facts = ARENA_NEW(arena, struct facts);
    facts->arena = arena;
    return facts;
}

void facts_free(struct facts *facts)
{
    if (facts)
        arena_free(facts->arena);
}

struct str facts_str(struct facts *facts, struct str s)
{
    return intern_keep(facts->arena, &facts->strings, s);
}

static uint64_t host_hash(struct str name, const uint8_t boot_id[16])
{
    return map_mix(str_hash(name), str_hash((struct str){(const char *)boot_id, 16}));
}

static bool host_is(const struct host *host, struct str name, const uint8_t boot_id[16])
{
    return str_equal(host->name, name) && memcmp(host->boot_id, boot_id, 16) == 0;
}

uint32_t facts_host(struct facts *facts, struct str name, const uint8_t boot_id[16], uint8_t clock)
{
    uint64_t hash = host_hash(name, boot_id);
    MAP_EACH (i, &facts->host_index, hash) {
        struct host *host = VEC_AT(&facts->hosts, struct host, i);
        if (host_is(host, name, boot_id)) {
            host->clock = host->clock > clock ? host->clock : clock;
            return i;
        }
    }
    struct host *host = VEC_PUSH(facts->arena, &facts->hosts, struct host);
    *host = (struct host){.name = facts_str(facts, name), .clock = clock};
    memcpy(host->boot_id, boot_id, 16);
    uint32_t index = (uint32_t)facts->hosts.count - 1;
    map_add(facts->arena, &facts->host_index, hash, index);
    return index;
}

uint32_t facts_video(struct facts *facts, struct str name, struct str folder, uint32_t pattern)
{
    uint64_t hash = map_mix(str_hash(name), str_hash(folder));
    MAP_EACH (i, &facts->video_index, hash) {
        struct recorded_video *video = VEC_AT(&facts->videos, struct recorded_video, i);
        if (str_equal(video->name, name) && str_equal(video->folder, folder)) {
            video->pattern = video->pattern < pattern ? video->pattern : pattern;
            return i;
        }
    }
    struct recorded_video video = {facts_str(facts, name), facts_str(facts, folder), pattern};
    *VEC_PUSH(facts->arena, &facts->videos, struct recorded_video) = video;
    uint32_t index = (uint32_t)facts->videos.count - 1;
    map_add(facts->arena, &facts->video_index, hash, index);
    return index;
}

static uint64_t process_hash(uint32_t host, uint32_t pid, uint64_t start)
{
    return map_mix(map_mix(host, pid), start);
}

uint32_t facts_find_process(const struct facts *facts, uint32_t host, uint32_t pid, uint64_t start)
{
    MAP_EACH (i, &facts->process_index, process_hash(host, pid, start)) {
        const struct recorded_process *p = facts_process_at(facts, i);
        if (p->host == host && p->pid == pid && p->start == start)
            return i;
    }
    return NONE;
}

uint32_t facts_process(struct facts *facts, uint32_t host, uint32_t pid, uint64_t start)
{
    uint32_t index = facts_find_process(facts, host, pid, start);
    if (index != NONE)
        return index;
    index = (uint32_t)facts->processes.count;
    struct recorded_process *p = VEC_PUSH(facts->arena, &facts->processes, struct recorded_process);
    *p = (struct recorded_process){.host = host, .pid = pid, .start = start};
    map_add(facts->arena, &facts->process_index, process_hash(host, pid, start), index);
    return index;
}

static uint64_t file_hash(uint32_t process, uint32_t video, struct str path)
{
    return map_mix(map_mix(str_hash(path), process), video);
}

uint32_t facts_file(struct facts *facts, uint32_t process, uint32_t video, struct str path)
{
    uint64_t hash = file_hash(process, video, path);
    MAP_EACH (i, &facts->file_index, hash) {
        const struct file_use *use = VEC_AT(&facts->files, struct file_use, i);
        if (use->process == process && use->video == video && str_equal(use->path, path))
            return i;
    }
    struct file_use use = {.process = process, .video = video, .path = facts_str(facts, path)};
    *VEC_PUSH(facts->arena, &facts->files, struct file_use) = use;
    uint32_t index = (uint32_t)facts->files.count - 1;
    map_add(facts->arena, &facts->file_index, hash, index);
    return index;
}

void facts_reindex(struct facts *facts)
{
    facts->host_index = facts->video_index = facts->process_index = facts->file_index = (struct map){0};
    uint32_t i = 0;
    VEC_EACH (struct host, host, &facts->hosts)
        map_add(facts->arena, &facts->host_index, host_hash(host->name, host->boot_id), i++);
    i = 0;
    VEC_EACH (struct recorded_video, video, &facts->videos)
        map_add(facts->arena, &facts->video_index, map_mix(str_hash(video->name), str_hash(video->folder)),
                i++);
    i = 0;
    VEC_EACH (struct recorded_process, p, &facts->processes)
        map_add(facts->arena, &facts->process_index, process_hash(p->host, p->pid, p->start), i++);
    i = 0;
    VEC_EACH (struct file_use, use, &facts->files)
        map_add(facts->arena, &facts->file_index, file_hash(use->process, use->video, use->path), i++);
}
