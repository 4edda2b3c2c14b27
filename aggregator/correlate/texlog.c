/* Rich lays a log out in columns: time, level, the message wrapped to what room is left, the place in the
 * source. */
#include "correlate/texlog.h"

#include <ctype.h>

#define TITLE     "LaTeX compilation error:"
#define LINES_MAX 12

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
    struct str message = without_place(str_slice(lines[0].text, column + strlen(TITLE), lines[0].text.len));
    for (size_t i = 1; i < count && i < LINES_MAX; i++) {
        struct str more = continued(lines[i].text, column);
        if (!more.len)
            break;
        message =
            message.len ? str_format(arena, STR_FMT " " STR_FMT, STR_ARG(message), STR_ARG(more)) : more;
    }
    return message;
}

struct vec texlog_find(struct arena *arena, const struct line *lines, size_t count)
{
    struct vec found = {0};
    for (size_t i = 0; i < count; i++) {
        ptrdiff_t column = str_find(lines[i].text, STR(" " TITLE));
        if (column < 0 || str_find(str_slice(lines[i].text, 0, (size_t)column), STR("ERROR")) < 0)
            continue;
        struct str message = message_from(arena, lines + i, count - i, (size_t)column + 1);
        struct line *line = arena_alloc(arena, sizeof *line);
        *line = lines[i];
        line->text = str_format(arena, "! " STR_FMT, STR_ARG(message));
        if (message.len)
            *VEC_PUSH(arena, &found, const struct line *) = line;
    }
    return found;
}
