/* Rich lays a log out in columns: time, level, the message wrapped to what room is left, the place in the
 * source. */
#include "failures/rich_format.h"

#include <ctype.h>

#define TEX         "LaTeX compilation error:"
#define LEVEL_BYTES 9 /* its column, and the space after it */
#define LINES_MAX   12

/* Without the place in the source, "tex_file_writing.py:320", at the line's end. */
static struct str without_place(struct str text)
{
    text = str_trim(text);
    size_t end = text.len, colon;
    while (end > 0 && isdigit((unsigned char)text.ptr[end - 1]))
        end--;
    colon = end;
    while (end > 0 && text.ptr[end - 1] != ' ')
        end--;
    bool place = colon < text.len && colon > end && text.ptr[colon - 1] == ':' &&
                 str_ends(str_slice(text, end, colon - 1 - end), STR(".py"));
    return place ? str_trim(str_slice(text, 0, end)) : text;
}

/* What stands in the message's column of a line that goes on with it; "": it does not. */
static struct str continued(struct str line, size_t column)
{
    struct str before = str_slice(line, 0, column);
    return str_trim(before).len ? STR("") : str_trim(str_slice(line, column, line.len));
}

static struct str message_from(struct arena *arena, const struct line *lines, size_t count, size_t column)
{
    struct str message = without_place(str_slice(lines[0].text, column, lines[0].text.len));
    for (size_t i = 1; i < count && i < LINES_MAX; i++) {
        struct str more = continued(lines[i].text, column);
        if (!more.len)
            break;
        message =
            message.len ? str_format(arena, STR_FMT " " STR_FMT, STR_ARG(message), STR_ARG(more)) : more;
    }
    if (!str_starts(message, STR(TEX)))
        return message;
    message = str_trim(str_slice(message, strlen(TEX), message.len));
    return message.len ? str_format(arena, "! " STR_FMT, STR_ARG(message)) : message;
}

/* Where the message begins: after the time, or as much space, and the level; 0: it is no such line. */
static size_t column_of(struct str line)
{
    static const char *const levels[] = {"ERROR    ", "CRITICAL "};
    size_t time = 0;
    if (str_starts(line, STR("[")))
        while (time < line.len && line.ptr[time++] != ']') {
        }
    while (time < line.len && line.ptr[time] == ' ')
        time++;
    for (size_t i = 0; time > 1 && i < sizeof levels / sizeof *levels; i++)
        if (str_starts(str_slice(line, time, line.len), str_of(levels[i])))
            return time + LEVEL_BYTES;
    return 0;
}

struct vec rich_format_find(struct arena *arena, const struct line *lines, size_t count)
{
    struct vec found = {0};
    for (size_t i = 0; i < count; i++) {
        size_t column = column_of(lines[i].text);
        struct str message = column ? message_from(arena, lines + i, count - i, column) : STR("");
        if (!message.len)
            continue;
        struct line *line = ARENA_NEW(arena, struct line);
        *line = lines[i];
        line->text = message;
        *VEC_PUSH(arena, &found, const struct line *) = line;
    }
    return found;
}
