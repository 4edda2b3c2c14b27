/* Names of this very program's functions. */
#include "unit.h"

#include "symbols/symbols.h"

#include <link.h>
#include <unistd.h>

struct self {
    struct arena *arena;
    uint64_t base;
    struct str path, build_id;
};

static struct str hex(struct arena *arena, const uint8_t *bytes, size_t count)
{
    struct str text = STR("");
    for (size_t i = 0; i < count; i++)
        text = str_format(arena, STR_FMT "%02x", STR_ARG(text), bytes[i]);
    return text;
}

static struct str id_in(struct arena *arena, const uint8_t *note, size_t bytes)
{
    const ElfW(Nhdr) * head;
    for (size_t at = 0; at + sizeof *head <= bytes;) {
        head = (const void *)(note + at);
        size_t text = at + sizeof *head + ((head->n_namesz + 3u) & ~3u);
        if (head->n_type == NT_GNU_BUILD_ID)
            return hex(arena, note + text, head->n_descsz);
        at = text + ((head->n_descsz + 3u) & ~3u);
    }
    return STR("");
}

/* The first object is the program. */
static int look(struct dl_phdr_info *info, size_t size, void *out)
{
    struct self *self = out;
    (void)size;
    self->base = info->dlpi_addr;
    for (unsigned i = 0; i < info->dlpi_phnum && !self->build_id.len; i++)
        if (info->dlpi_phdr[i].p_type == PT_NOTE)
            self->build_id =
                id_in(self->arena, (const void *)(uintptr_t)(self->base + info->dlpi_phdr[i].p_vaddr),
                      info->dlpi_phdr[i].p_memsz);
    return 1;
}

static struct self myself(void)
{
    char path[4096];
    struct self self = {.arena = arena_new(), .build_id = STR("")};
    dl_iterate_phdr(look, &self);
    ssize_t n = readlink("/proc/self/exe", path, sizeof path);
    ck_assert_int_gt(n, 0);
    self.path = str_copy(self.arena, (struct str){path, (size_t)n});
    return self;
}

__attribute__((noinline)) static int marked(int x) { return x * 3; }

static struct frame named(const struct self *self, struct frame frame)
{
    struct crash crash = {.at_ns = INT64_MAX};
    struct vec crashes = {&crash, 1, 1};
    *VEC_PUSH(self->arena, &crash.frames, struct frame) = frame;
    symbols_fill(self->arena, &crashes);
    return *VEC_AT(&crash.frames, struct frame, 0);
}

START_TEST(a_function_has_name_file_and_line)
{
    struct self self = myself();
    uint64_t offset = (uint64_t)(uintptr_t)marked - self.base;
    struct frame frame =
        named(&self, (struct frame){.offset = offset, .module = self.path, .build_id = self.build_id});
    ck_assert_int_eq(marked(2), 6);
    ck_str_is(frame.function, "marked");
    ck_assert(str_ends(frame.file, STR("tests/unit/symbols/test_symbols.c")));
    ck_assert_int_gt(frame.line, 0);
    arena_free(self.arena);
}
END_TEST

START_TEST(another_file_gives_no_names)
{
    struct self self = myself();
    uint64_t offset = (uint64_t)(uintptr_t)marked - self.base;
    struct frame frame = {.offset = offset, .module = self.path, .build_id = STR("00ff")};
    ck_assert_uint_eq(named(&self, frame).function.len, 0);
    static const char *const bad[] = {"/dev/zero", "/proc/self/environ", "/nowhere", "relative", "",
                                      "/bin/sh"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        frame = (struct frame){.offset = offset, .module = str_of(bad[i]), .build_id = self.build_id};
        ck_assert_msg(named(&self, frame).function.len == 0, "%s", bad[i]);
    }
    arena_free(self.arena);
}
END_TEST

UNIT_TESTS("symbols", a_function_has_name_file_and_line, another_file_gives_no_names)
