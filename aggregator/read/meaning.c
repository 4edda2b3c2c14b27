/* The few events that give later ones a meaning. */
#include "read/meaning.h"

void meaning_start(struct meaning *m, struct arena *arena, const struct chunk *chunk)
{
    const struct vl_chunk *h = chunk->header;
    *m = (struct meaning){
        .arena = arena,
        .video = STR(""),
        .pid = h->pid,
        .tid = h->tid,
        .start = h->process_start,
        .owner_pid = h->pid,
        .owner_start = h->process_start,
    };
}

static struct fd_name *find(struct meaning *m, uint64_t fd)
{
    VEC_EACH (struct fd_name, name, &m->names[m->child])
        if (name->fd == fd)
            return name;
    return NULL;
}

static struct str path_of(struct meaning *m, uint64_t fd)
{
    const struct fd_name *name = find(m, fd);
    return name ? name->path : STR("");
}

static void define(struct meaning *m, uint64_t fd, struct str path)
{
    struct fd_name *name = find(m, fd);
    if (!name)
        name = VEC_PUSH(m->arena, &m->names[m->child], struct fd_name);
    *name = (struct fd_name){fd, path};
}

static void change_subject(struct meaning *m, const struct event_subject_change *e)
{
    m->pid = (uint32_t)e->pid;
    m->tid = (uint32_t)e->tid;
    m->start = e->process_start;
    m->child = m->pid != m->owner_pid || m->start != m->owner_start;
    if (m->child)
        m->names[1] = vec_copy(m->arena, &m->names[0], sizeof(struct fd_name));
}

static void see_record(struct meaning *m, const struct record *record)
{
    switch (record->code) {
    case VL_video_define:
        m->video = record->video_define.video;
        break;
    case VL_subject_change:
        change_subject(m, &record->subject_change);
        break;
    case VL_fd_define:
        define(m, record->fd_define.fd, record->fd_define.path);
        break;
    case VL_file_open:
        if (record->file_open.fd >= 0)
            define(m, (uint64_t)record->file_open.fd, record->file_open.path);
        break;
    case VL_file_close:
        define(m, record->file_close.fd, STR(""));
        break;
    case VL_fd_duplicate:
        define(m, record->fd_duplicate.new_fd, path_of(m, record->fd_duplicate.fd));
        break;
    case VL_pipe_make:
        define(m, record->pipe_make.fd, STR(""));
        define(m, record->pipe_make.other_fd, STR(""));
        break;
    case VL_socket_connect:
        define(m, record->socket_connect.fd, STR(""));
        break;
    default:
        break;
    }
}

struct str meaning_take(struct meaning *m, const struct record *record)
{
    const struct shape *shape = &record_shapes[record->code];
    bool about_fd = shape->count && strcmp(shape->fields[0].name, "fd") == 0;
    struct str before = about_fd ? path_of(m, record->cells[0]) : STR("");
    see_record(m, record);
    return before;
}
