/* The page around the figures. */
#include "emit/report/report.h"

#include "base/embed.h"
#include "emit/entry.h"
#include "emit/report/report_parts.h"
#include "vl/version.h"

EMBED(report_page, "report.html");

/* Where the figures belong in the page. */
#define MARK STR("@DATA@")

/* JSON whose letters end no element of a page: "<" is only found in its strings. */
static int put_quietly(const char *text, size_t bytes, void *stream)
{
    FILE *out = stream;
    for (size_t i = 0; i < bytes; i++)
        if (text[i] == '<')
            fputs("\\u003c", out);
        else
            putc(text[i], out);
    return ferror(out) ? -1 : 0;
}

static json_t *usage(struct columns *set, const struct report *report)
{
    report_add_logs(set, report->documents);
    if (report->run) {
        report_add_run(set, report->run);
        report_add_files(set, report->run, report->io);
    }
    json_t *root = columns_json(set);
    entry_set(root, "version", json_string(VL_TOOL_VERSION));
    json_decref(set->tables);
    return root;
}

int report_write(FILE *out, const void *what)
{
    struct str page = report_page();
    size_t before = (size_t)str_find(page, MARK), after = before + MARK.len;
    struct columns set = {.arena = arena_new()};
    json_t *root = usage(&set, what);
    fwrite(page.ptr, 1, before, out);
    int failed = json_dump_callback(root, put_quietly, out,
                                    JSON_COMPACT | JSON_ENSURE_ASCII | JSON_REAL_PRECISION(15));
    fwrite(page.ptr + after, 1, page.len - after, out);
    json_decref(root);
    arena_free(set.arena);
    return failed || ferror(out) ? -1 : 0;
}
