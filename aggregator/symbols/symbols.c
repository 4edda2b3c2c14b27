/* libdw's only home: one Dwfl a module, kept while crashes are gone through. */
#include "symbols/symbols.h"

#include <dwarf.h>
#include <elfutils/libdwfl.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

struct module {
    struct str path, build_id;
    Dwfl *dwfl; /* NULL: the file is not what ran */
    Dwfl_Module *module;
    GElf_Addr bias; /* what libdw adds to an offset */
    int64_t changed_ns;
};

/* By build id below the folders for debug files; the other ways of libdwfl may ask a server. */
static int find_debug_file(Dwfl_Module *module, void **data, const char *name, Dwarf_Addr base,
                           const char *file, const char *link, GElf_Word sum, char **out)
{
    return dwfl_build_id_find_debuginfo(module, data, name, base, file, link, sum, out);
}

static char *default_folders;

static const Dwfl_Callbacks callbacks = {
    .find_elf = dwfl_build_id_find_elf,
    .find_debuginfo = find_debug_file,
    .section_address = dwfl_offline_section_address,
    .debuginfo_path = &default_folders,
};

/* Paths come from a recording: only a regular file is opened, and never waited for. */
static int open_file(struct arena *arena, struct module *m)
{
    struct stat st;
    int fd = open(str_c(arena, m->path), O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
    if (fd < 0)
        return -1;
    if (fstat(fd, &st) != 0 || !S_ISREG(st.st_mode)) {
        close(fd);
        return -1;
    }
    m->changed_ns = (int64_t)st.st_mtim.tv_sec * 1000000000 + st.st_mtim.tv_nsec;
    return fd;
}

static struct str build_id_of(struct arena *arena, Dwfl_Module *module)
{
    const unsigned char *bits = NULL;
    GElf_Addr where;
    int count = dwfl_module_build_id(module, &bits, &where);
    struct vec text = {0};
    for (int i = 0; i < count; i++) {
        *VEC_PUSH(arena, &text, char) = "0123456789abcdef"[bits[i] >> 4];
        *VEC_PUSH(arena, &text, char) = "0123456789abcdef"[bits[i] & 15];
    }
    return (struct str){text.items, text.count};
}

static void close_module(struct module *m)
{
    if (m->dwfl)
        dwfl_end(m->dwfl);
    m->dwfl = NULL;
}

static void open_module(struct arena *arena, struct module *m)
{
    int fd = open_file(arena, m);
    if (fd < 0)
        return;
    m->dwfl = dwfl_begin(&callbacks);
    m->module =
        m->dwfl ? dwfl_report_offline(m->dwfl, str_c(arena, m->path), str_c(arena, m->path), fd) : NULL;
    if (!m->module)
        close(fd);
    if (m->dwfl)
        dwfl_report_end(m->dwfl, NULL, NULL);
    if (!m->module || !dwfl_module_getelf(m->module, &m->bias) ||
        !str_equal(build_id_of(arena, m->module), m->build_id))
        close_module(m);
}

static struct module *module_of(struct arena *arena, struct vec *modules, const struct frame *frame)
{
    VEC_EACH (struct module, known, modules)
        if (str_equal(known->path, frame->module) && str_equal(known->build_id, frame->build_id))
            return known;
    struct module *m = VEC_PUSH(arena, modules, struct module);
    *m = (struct module){.path = frame->module, .build_id = frame->build_id};
    open_module(arena, m);
    return m;
}

/* A place in a source file; file NULL: not known. */
struct atomic_file {
    const char *file, *folder;
    int line;
};

static struct atomic_file place_by_index(const struct module *m, uint64_t address)
{
    struct atomic_file place = {0};
    Dwfl_Line *line = dwfl_module_getsrc(m->module, address);
    if (line) {
        place.file = dwfl_lineinfo(line, NULL, &place.line, NULL, NULL, NULL);
        place.folder = dwfl_line_comp_dir(line);
    }
    return place;
}

/* clang writes no index of addresses (.debug_aranges): each unit is asked. */
static struct atomic_file place_by_search(const struct module *m, uint64_t address)
{
    struct atomic_file place = {0};
    Dwarf_Addr bias = 0;
    Dwarf_Attribute folder;
    for (Dwarf_Die *unit = NULL; (unit = dwfl_module_nextcu(m->module, unit, &bias));) {
        if (dwarf_haspc(unit, address - bias) <= 0)
            continue;
        Dwarf_Line *line = dwarf_getsrc_die(unit, address - bias);
        if (line && dwarf_lineno(line, &place.line) == 0)
            place.file = dwarf_linesrc(line, NULL, NULL);
        place.folder = dwarf_formstring(dwarf_attr(unit, DW_AT_comp_dir, &folder));
        return place;
    }
    return place;
}

static void find_line(struct arena *arena, const struct module *m, struct frame *frame)
{
    struct atomic_file place = place_by_index(m, frame->offset + m->bias);
    if (!place.file)
        place = place_by_search(m, frame->offset + m->bias);
    if (!place.file)
        return;
    bool whole = place.file[0] == '/' || !place.folder;
    frame->line = place.line;
    frame->file =
        whole ? str_copy(arena, str_of(place.file)) : str_format(arena, "%s/%s", place.folder, place.file);
}

/* "__libc_start_main@@GLIBC_2.34" */
static struct str without_version(struct str name)
{
    ptrdiff_t at = str_find(name, STR("@"));
    return at > 0 ? str_slice(name, 0, (size_t)at) : name;
}

static void name_frame(struct arena *arena, struct module *m, struct frame *frame)
{
    GElf_Off into;
    GElf_Sym symbol;
    const char *name =
        dwfl_module_addrinfo(m->module, frame->offset + m->bias, &into, &symbol, NULL, NULL, NULL);
    frame->function = name ? str_copy(arena, without_version(str_of(name))) : STR("");
    find_line(arena, m, frame);
}

void symbols_fill(struct arena *arena, const struct vec *crashes)
{
    struct vec modules = {0};
    VEC_EACH (struct crash, crash, crashes) {
        VEC_EACH (struct frame, frame, &crash->frames) {
            struct module *m = str_starts(frame->module, STR("/")) ? module_of(arena, &modules, frame) : NULL;
            /* without a build id only its age tells a file from the one that ran */
            if (m && m->dwfl && (m->build_id.len || m->changed_ns <= crash->at_ns))
                name_frame(arena, m, frame);
        }
    }
    VEC_EACH (struct module, m, &modules)
        close_module(m);
}
