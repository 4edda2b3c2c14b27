/* Bytes by file, as vlagg io tells them. */
#include "emit/report/report_parts.h"

#include "emit/entry.h"
#include "emit/json.h"

/* A path has a row for each video that it was filed under. */
static const struct page_field files[] = {
    {"video", "video", FIELD_NUMBER},
    {"path", "path", FIELD_TEXT},
    {"renamed_to", "renamed_to", FIELD_TEXT},
    {"read", "io.read_bytes", FIELD_NUMBER},
    {"written", "io.written_bytes", FIELD_NUMBER},
    {"reads", "io.read_ops", FIELD_NUMBER},
    {"writes", "io.write_ops", FIELD_NUMBER},
    {0},
};

static json_t *io_json(const struct io_sum *io)
{
    json_t *object = json_object();
    entry_set(object, "read_bytes", json_integer((json_int_t)io->read_bytes));
    entry_set(object, "written_bytes", json_integer((json_int_t)io->written_bytes));
    entry_set(object, "read_ops", json_integer((json_int_t)io->read_ops));
    entry_set(object, "write_ops", json_integer((json_int_t)io->write_ops));
    return object;
}

/* By path, then video. */
static int use_order(const void *a, const void *b)
{
    const struct file_access *one = a, *other = b;
    int order = str_compare(one->use->path, other->use->path);
    return order ? order : (one->video > other->video) - (one->video < other->video);
}

static void add_file(struct columns *set, const struct io_report *io, size_t *at,
                     const struct file_access *access, const struct io_sum *sum)
{
    const struct io_file *file = NULL;
    for (; *at < io->files.count; ++*at) {
        file = VEC_AT(&io->files, struct io_file, *at);
        if (str_compare(file->path, access->use->path) >= 0)
            break;
    }
    bool renamed = file && str_equal(file->path, access->use->path);
    json_t *row = json_object();
    entry_set(row, "video", access->video == NONE ? json_null() : json_integer(access->video));
    entry_set(row, "path", json_text(access->use->path));
    entry_set(row, "renamed_to", renamed ? json_text_or_null(file->renamed_to) : json_null());
    entry_set(row, "io", io_json(sum));
    columns_add(set, "files", files, row);
    json_decref(row);
}

void report_add_files(struct columns *set, const struct conclusion *run, const struct io_report *io)
{
    struct vec file_accesses = vec_copy(set->arena, &run->tree.file_accesses, sizeof(struct file_access));
    struct io_sum sum = {0};
    size_t at = 0;
    columns_table(set, "files", files);
    VEC_SORT(&file_accesses, struct file_access, use_order);
    for (size_t i = 0; i < file_accesses.count; i++) {
        const struct file_access *access = VEC_AT(&file_accesses, struct file_access, i);
        io_add(&sum, &access->use->io);
        if (i + 1 < file_accesses.count && use_order(access, access + 1) == 0)
            continue;
        add_file(set, io, &at, access, &sum);
        sum = (struct io_sum){0};
    }
}
