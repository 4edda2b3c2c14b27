/* Cutting, padding and rounding. */
#include "emit/screen/put_text.h"

#include <string.h>

static bool goes_on(char c) { return ((unsigned char)c & 0xc0) == 0x80; }

void put_cut(FILE *out, const char *words, int width, bool pad)
{
    int count = 0, used = 0;
    const char *line_end = words + strcspn(words, "\r\n");
    for (const char *c = words; c < line_end; c++)
        count += !goes_on(*c);
    bool cut = count > width;
    for (const char *c = words; c < line_end; c++) {
        used += !goes_on(*c);
        if (used > width - cut)
            break;
        putc((unsigned char)*c < 0x20 || *c == 0x7f ? ' ' : *c, out);
    }
    if (cut)
        fputs("…", out);
    for (int left = width - count; pad && left > 0; left--)
        putc(' ', out);
}

void put_duration(FILE *out, double seconds)
{
    long whole_seconds = (long)seconds;
    if (seconds < 60)
        fprintf(out, "%7.1fs", seconds);
    else if (whole_seconds < 3600)
        fprintf(out, "%4ldm%02lds", whole_seconds / 60, whole_seconds % 60);
    else
        fprintf(out, "%4ldh%02ldm", whole_seconds / 3600, whole_seconds % 3600 / 60);
}
