/* Reassembles lines per process, stream and thread, so that threads that write at once do not mix. */
#include "processes/lines.h"

#include "model/facts/seals.h"
#include "processes/videos.h"
#include "vl/event.h"

struct stream {
    uint32_t node, tid;
    uint8_t number;
    bool by_reader;
    uint32_t video;
    int64_t began_ns; /* when the open line began */
    struct vec text;  /* of char: the open line */
};

struct joiner {
    struct tree *tree;
    struct vec streams; /* of struct stream, of one process's pieces */
    uint64_t order;
};

/* Steps over an escape sequence that begins at `at`. */
static size_t escape_end(struct str s, size_t at)
{
    size_t i = at + 1;
    if (i >= s.len)
        return i;
    if (s.ptr[i] == ']') {
        while (i < s.len && s.ptr[i] != '\a' && s.ptr[i] != '\033')
            i++;
        return i + 1;
    }
    if (s.ptr[i] != '[')
        return i + 1;
    for (i++; i < s.len && (s.ptr[i] < '@' || s.ptr[i] > '~');)
        i++;
    return i + 1;
}

/* Without escapes, trailing blanks and what a carriage return overwrote. */
static struct str cleaned(struct arena *arena, struct str raw)
{
    char *out = arena_alloc(arena, raw.len + 1);
    size_t kept = 0;
    while (raw.len && (raw.ptr[raw.len - 1] == '\r' || raw.ptr[raw.len - 1] == ' '))
        raw.len--;
    for (size_t i = 0; i < raw.len;) {
        if (raw.ptr[i] == '\033') {
            i = escape_end(raw, i);
            continue;
        }
        if (raw.ptr[i] == '\r')
            kept = 0;
        else
            out[kept++] = raw.ptr[i];
        i++;
    }
    return (struct str){out, kept};
}

static void end_line(struct joiner *j, struct stream *stream)
{
    struct str raw = {stream->text.items, stream->text.count};
    struct line *line = VEC_PUSH(j->tree->arena, &j->tree->lines, struct line);
    *line = (struct line){.at_ns = stream->began_ns,
                          .node = stream->node,
                          .tid = stream->tid,
                          .video = stream->video,
                          .stream = stream->number,
                          .by_reader = stream->by_reader,
                          .text = cleaned(j->tree->arena, raw),
                          .order = j->order++};
    stream->text.count = 0;
}

static struct stream *stream_find(struct joiner *j, const struct stream *like)
{
    VEC_EACH (struct stream, stream, &j->streams)
        if (stream->node == like->node && stream->tid == like->tid && stream->number == like->number)
            return stream;
    struct stream *fresh = VEC_PUSH(j->tree->arena, &j->streams, struct stream);
    *fresh = *like;
    return fresh;
}

static void add_byte(struct joiner *j, struct stream *stream, char byte, int64_t at_ns)
{
    if (byte == '\n') {
        if (!stream->text.count)
            stream->began_ns = at_ns;
        end_line(j, stream);
        return;
    }
    if (!stream->text.count)
        stream->began_ns = at_ns;
    if (stream->text.count < LINE_BYTES_MAX)
        *VEC_PUSH(j->tree->arena, &stream->text, char) = byte;
}

static void add_piece(struct joiner *j, const struct text_piece *piece, const struct stream *like,
                      int64_t at_ns)
{
    struct str text = piece->text;
    uint32_t host = tree_node(j->tree, like->node)->host;
    if ((piece->flags & VL_TEXT_SEALED) && !seals_open(j->tree->arena, j->tree->seals, host, text, &text))
        return;
    struct stream *stream = stream_find(j, like);
    if (piece->flags & VL_TEXT_CUT_BEFORE && stream->text.count)
        end_line(j, stream);
    stream->video = like->video;
    for (size_t i = 0; i < text.len; i++)
        add_byte(j, stream, text.ptr[i], at_ns);
    if (piece->flags & VL_TEXT_CUT_AFTER && stream->text.count)
        end_line(j, stream);
}

static bool told_itself(const struct tree *tree, const struct node *node)
{
    if (node->fact == NONE)
        return false;
    VEC_EACH (const struct text_piece, piece,
              &VEC_AT(&tree->facts->processes, struct recorded_process, node->fact)->text)
        if (!(piece->flags & VL_TEXT_READ))
            return true;
    return false;
}

/* The child that a thread was reading from: the last one it had started. */
static uint32_t read_child(const struct tree *tree, uint32_t parent, uint32_t tid, int64_t at_ns)
{
    uint32_t best = NONE;
    for (uint32_t i = parent + 1; i < tree->nodes.count; i++) {
        const struct node *node = tree_node(tree, i);
        if (node->parent != parent || node->start_ns > at_ns || (node->spawn_tid && node->spawn_tid != tid))
            continue;
        if (best == NONE || node->start_ns >= tree_node(tree, best)->start_ns)
            best = i;
    }
    return best;
}

static void join_process(struct joiner *j, uint32_t index)
{
    const struct tree *tree = j->tree;
    const struct recorded_process *process = VEC_AT(&tree->facts->processes, struct recorded_process, index);
    uint32_t node = tree->node_of[index];
    j->streams.count = 0;
    VEC_EACH (const struct text_piece, piece, &process->text) {
        int64_t at_ns = tree_wall(tree, process->host, piece->ticks);
        bool read = piece->flags & VL_TEXT_READ;
        uint32_t child = read ? read_child(tree, node, piece->tid, at_ns) : NONE;
        if (child != NONE && told_itself(tree, tree_node(tree, child)))
            continue;
        struct stream like = {.node = child == NONE ? node : child,
                              .tid = read && child == NONE ? NONE : piece->tid,
                              .number = piece->stream,
                              .by_reader = read};
        like.video = videos_of_event(tree, like.node, piece->video);
        add_piece(j, piece, &like, at_ns);
    }
    VEC_EACH (struct stream, stream, &j->streams)
        if (stream->text.count)
            end_line(j, stream);
}

/* What a text_print takes beside its text, at most; another event between two of them takes more. */
#define PRINT_EVENT_BYTES 11

/* Whether nothing else was recorded between two lines of a thread: then one write printed both. */
static bool same_write(const struct fact *before, const struct fact *line)
{
    return before && before->tid == line->tid && line->sequence > before->sequence &&
           line->sequence - before->sequence <= before->line.text.len + PRINT_EVENT_BYTES;
}

static bool opened(const struct tree *tree, const struct occurrence *occurrence, struct str *line)
{
    return !occurrence->fact->line.sealed ||
           seals_open(tree->arena, tree->seals, tree_node(tree, occurrence->node)->host, *line, line);
}

static void add_marked(struct joiner *j)
{
    size_t count = j->tree->nodes.count + 1;
    const struct fact **last = arena_alloc(j->tree->arena, count * sizeof *last);
    uint32_t *batch = arena_alloc(j->tree->arena, count * sizeof *batch), batches = 0;
    VEC_EACH (const struct occurrence, occurrence, &j->tree->occurrences) {
        struct str raw = occurrence->fact->line.text;
        if (occurrence->fact->kind != FACT_LINE || !opened(j->tree, occurrence, &raw))
            continue;
        if (!same_write(last[occurrence->node], occurrence->fact))
            batch[occurrence->node] = ++batches;
        last[occurrence->node] = occurrence->fact;
        while (raw.len && raw.ptr[raw.len - 1] == '\n')
            raw.len--;
        struct line *line = VEC_PUSH(j->tree->arena, &j->tree->lines, struct line);
        *line = (struct line){.at_ns = occurrence->at_ns,
                              .node = occurrence->node,
                              .tid = occurrence->fact->tid,
                              .video = occurrence->video,
                              .stream = (uint8_t)occurrence->fact->line.stream,
                              .marked = true,
                              .batch = batch[occurrence->node],
                              .text = cleaned(j->tree->arena, raw),
                              .order = j->order++};
    }
}

static int by_place(const void *a, const void *b)
{
    const struct line *left = a, *right = b;
    if (left->node != right->node)
        return left->node < right->node ? -1 : 1;
    if (left->marked != right->marked)
        return left->marked ? 1 : -1;
    if (left->stream != right->stream)
        return left->stream < right->stream ? -1 : 1;
    if (left->tid != right->tid)
        return left->tid < right->tid ? -1 : 1;
    return left->order < right->order ? -1 : left->order > right->order;
}

void lines_join(struct tree *tree)
{
    struct joiner j = {.tree = tree};
    for (uint32_t i = 0; i < tree->facts->processes.count; i++)
        join_process(&j, i);
    add_marked(&j);
    VEC_SORT(&tree->lines, struct line, by_place);
}

static int by_node(const void *a, const void *b)
{
    const struct line *left = a, *right = b;
    return left->node < right->node ? -1 : left->node > right->node;
}

struct line_run lines_of(const struct tree *tree, uint32_t node)
{
    struct line key = {.node = node};
    size_t first = vec_lower(&tree->lines, sizeof key, &key, by_node), end = first;
    while (end < tree->lines.count && VEC_AT(&tree->lines, struct line, end)->node == node)
        end++;
    return (struct line_run){VEC_AT(&tree->lines, struct line, first), end - first};
}
