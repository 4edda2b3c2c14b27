/* Interpreter, thread, frames, code objects; every pointer is followed with bounds, since memory may be
 * damaged. */
#include "unwind/python.h"

#include "unwind/python_lines.h"
#include "unwind/remote.h"

#include <stdio.h>
#include <string.h>

#define NONE             UINT32_MAX
#define INTERPRETERS_MAX 16
#define THREADS_MAX      4096
#define STEPS_MAX        400 /* frames looked at, those that show nothing too */
#define TEXT_MAX         1024
#define TABLE_MAX        65536
#define OWNED_BY_C       3 /* a frame of the interpreter's own, without code */

#define SIZE_OFFSET  16 /* PyVarObject.ob_size, PyASCIIObject.length */
#define STATE_OFFSET 32 /* PyASCIIObject.state */
#define BYTES_OFFSET 32 /* PyBytesObject.ob_sval */

struct layout {
    uint32_t version, runtime_interpreter, interpreter_next, interpreter_thread, thread_next, thread_id,
        thread_frame, holder_frame, frame_before, frame_code, frame_instruction, frame_owner, code_file,
        code_name, code_line, code_table, code_instructions;
    enum lines_form form;
    uint32_t ascii_head, other_head;
};

static const struct layout layouts[] = {
#define PYTHON(...) {__VA_ARGS__},
#include "unwind/python_layouts.def"
#undef PYTHON
};

static const struct layout *layout_of(uint32_t version)
{
    for (size_t i = 0; i < sizeof layouts / sizeof *layouts; i++)
        if (layouts[i].version == version)
            return &layouts[i];
    return NULL;
}

/* ---- strings ---- */

static size_t put_utf8(char *out, uint32_t c)
{
    if (c < 0x20 || c == '"' || c == 0x7f || c > 0x10ffff) {
        out[0] = '?';
        return 1;
    }
    if (c < 0x80) {
        out[0] = (char)c;
        return 1;
    }
    size_t n = c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;
    for (size_t i = n - 1; i > 0; i--, c >>= 6)
        out[i] = (char)(0x80 | (c & 63));
    out[0] = (char)((0xf00u >> n) | c);
    return n;
}

/* Units of 1, 2 or 4 bytes each; out has room for four bytes a unit. */
static size_t put_units(char *out, const uint8_t *units, uint32_t width, uint64_t count)
{
    size_t n = 0;
    for (uint64_t i = 0; i < count; i++) {
        uint32_t c = 0;
        memcpy(&c, units + i * width, width);
        n += put_utf8(out + n, c);
    }
    return n;
}

/* A str object's text, ended by NUL; "?" where it cannot be read. */
static void read_text(const struct layout *l, uint64_t object, char out[4 * TEXT_MAX + 1])
{
    uint64_t length = 0;
    uint32_t state = 0;
    uint8_t units[4 * TEXT_MAX];
    strcpy(out, "?");
    if (!remote_read(object + SIZE_OFFSET, &length, sizeof length) ||
        !remote_read(object + STATE_OFFSET, &state, sizeof state))
        return;
    uint32_t width = (state >> 2) & 7;
    bool compact = (state >> 5) & 1, ascii = (state >> 6) & 1;
    if (!compact || (width != 1 && width != 2 && width != 4) || length > TEXT_MAX)
        return;
    if (remote_read(object + (ascii ? l->ascii_head : l->other_head), units, (size_t)length * width))
        out[put_units(out, units, width, length)] = '\0';
}

/* ---- frames ---- */

static int64_t instruction_offset(const struct layout *l, uint64_t frame, uint64_t code)
{
    int32_t last = 0;
    uint64_t pointer = 0;
    if (l->code_instructions != NONE)
        return remote_pointer(frame + l->frame_instruction, &pointer)
                   ? (int64_t)(pointer - (code + l->code_instructions))
                   : -1;
    if (!remote_read(frame + l->frame_instruction, &last, sizeof last))
        return -1;
    return l->form == LINES_RANGES ? 2 * (int64_t)last : last;
}

static int line_of(const struct layout *l, uint64_t frame, uint64_t code)
{
    static uint8_t table[TABLE_MAX];
    int32_t first = 0;
    uint64_t object = 0, bytes = 0;
    remote_read(code + l->code_line, &first, sizeof first);
    if (!remote_pointer(code + l->code_table, &object) || !remote_pointer(object + SIZE_OFFSET, &bytes) ||
        bytes > TABLE_MAX || !remote_read(object + BYTES_OFFSET, table, bytes))
        return first;
    return python_line(l->form, table, bytes, first, instruction_offset(l, frame, code));
}

/* False: there is no room for more. */
static bool tell_frame(const struct layout *l, uint64_t frame, struct crash_job *job)
{
    char file[4 * TEXT_MAX + 1], name[4 * TEXT_MAX + 1];
    uint64_t code = 0, object = 0;
    uint8_t owner = 0;
    if (l->frame_owner != NONE && remote_read(frame + l->frame_owner, &owner, 1) && owner == OWNED_BY_C)
        return true;
    if (!remote_pointer(frame + l->frame_code, &code) || !remote_pointer(code + l->code_file, &object))
        return false;
    read_text(l, object, file);
    if (!remote_pointer(code + l->code_name, &object))
        return false;
    read_text(l, object, name);
    size_t room = sizeof job->python - job->python_bytes;
    int n = snprintf(job->python + job->python_bytes, room, "File \"%s\", line %d, in %s\n", file,
                     line_of(l, frame, code), name);
    if (n < 0 || (size_t)n >= room)
        return false;
    job->python_bytes += (uint32_t)n;
    return true;
}

static uint64_t first_frame(const struct layout *l, uint64_t thread)
{
    uint64_t frame = 0;
    if (!remote_pointer(thread + l->thread_frame, &frame))
        return 0;
    if (l->holder_frame != NONE && !remote_pointer(frame + l->holder_frame, &frame))
        return 0;
    return frame;
}

static void tell_thread(const struct layout *l, uint64_t thread, struct crash_job *job)
{
    uint64_t frame = first_frame(l, thread);
    for (int i = 0; frame && i < STEPS_MAX && tell_frame(l, frame, job); i++)
        if (!remote_pointer(frame + l->frame_before, &frame))
            break;
}

/* ---- the thread ---- */

static uint64_t thread_of(const struct layout *l, uint64_t interpreter, uint64_t id)
{
    uint64_t thread = 0, its = 0;
    if (!remote_pointer(interpreter + l->interpreter_thread, &thread))
        return 0;
    for (int i = 0; thread && i < THREADS_MAX; i++) {
        if (remote_pointer(thread + l->thread_id, &its) && its == id)
            return thread;
        if (!remote_pointer(thread + l->thread_next, &thread))
            break;
    }
    return 0;
}

void python_unwind(struct crash_job *job)
{
    const struct layout *l = layout_of(job->python_version);
    uint64_t interpreter = 0;
    if (!l || !job->python_runtime ||
        !remote_pointer(job->python_runtime + l->runtime_interpreter, &interpreter))
        return;
    for (int i = 0; interpreter && i < INTERPRETERS_MAX; i++) {
        uint64_t thread = thread_of(l, interpreter, job->thread);
        if (thread) {
            tell_thread(l, thread, job);
            return;
        }
        if (!remote_pointer(interpreter + l->interpreter_next, &interpreter))
            return;
    }
}
