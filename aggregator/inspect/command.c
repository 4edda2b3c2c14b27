/* Follows PATH, links, "#!" lines and wrappers. */
#include "inspect/command.h"

#include "inspect/wrapper.h"

#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#define STEPS_MAX    16
#define DEFAULT_PATH "/bin:/usr/bin"

static bool is_program(const char *path)
{
    struct stat st;
    return stat(path, &st) == 0 && S_ISREG(st.st_mode) && access(path, X_OK) == 0;
}

/* As execvp finds it. */
static struct str look_up(struct arena *arena, const char *word)
{
    const char *list = getenv("PATH");
    struct str rest = str_of(list ? list : DEFAULT_PATH), folder;
    if (strchr(word, '/'))
        return is_program(word) ? str_of(word) : STR("");
    while (str_next(&rest, ':', &folder)) {
        struct str path = str_format(arena, STR_FMT "%s%s", STR_ARG(folder), folder.len ? "/" : "", word);
        if (is_program(path.ptr))
            return path;
    }
    return STR("");
}

static struct str follow_links(struct arena *arena, struct str path)
{
    char real[PATH_MAX];
    return path.len && realpath(path.ptr, real) ? str_copy(arena, str_of(real)) : path;
}

/* The words of a script's first line, as the kernel takes them: an interpreter, and the rest as one word. */
static char *const *interpreter_of(struct arena *arena, const char *path, char *const *words)
{
    char head[257] = "";
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
    ssize_t got = fd >= 0 ? read(fd, head, sizeof head - 1) : -1;
    if (fd >= 0)
        close(fd);
    if (got < 3 || memcmp(head, "#!", 2) != 0)
        return NULL;
    head[strcspn(head, "\n")] = '\0';
    struct str line = str_trim(str_of(head + 2));
    ptrdiff_t blank = str_find(line, STR(" "));
    struct vec all = {0};
    *VEC_PUSH(arena, &all, char *) =
        (char *)str_c(arena, str_slice(line, 0, blank < 0 ? line.len : (size_t)blank));
    if (blank >= 0)
        *VEC_PUSH(arena, &all, char *) =
            (char *)str_c(arena, str_trim(str_slice(line, (size_t)blank, line.len)));
    *VEC_PUSH(arena, &all, char *) = (char *)path;
    for (words++; *words; words++)
        *VEC_PUSH(arena, &all, char *) = *words;
    *VEC_PUSH(arena, &all, char *) = NULL;
    return line.len ? all.items : NULL;
}

/* "env -S python3 -u" of a script's first line is one word. */
static char *const *without_split_option(struct arena *arena, char *const *words)
{
    const char *option = words[0] ? words[1] : NULL;
    if (!option || strncmp(option, "-S", 2) != 0 || !str_equal(str_basename(str_of(words[0])), STR("env")))
        return words;
    struct vec all = {0};
    struct str rest = str_of(option + 2), part;
    *VEC_PUSH(arena, &all, char *) = words[0];
    while (str_next(&rest, ' ', &part))
        if (str_trim(part).len)
            *VEC_PUSH(arena, &all, char *) = (char *)str_c(arena, str_trim(part));
    for (words += 2; *words; words++)
        *VEC_PUSH(arena, &all, char *) = *words;
    *VEC_PUSH(arena, &all, char *) = NULL;
    return all.items;
}

/* What a shell's own words name may be its own, too. */
static bool is_builtin(const struct vec *steps)
{
    return steps->count > 0 && wrapper_is_shell(str_basename(VEC_LAST(steps, struct step)->word));
}

static char *const *words_after(struct arena *arena, struct step *step, const char *found, char *const *words)
{
    char *const *next = interpreter_of(arena, found, words);
    step->is_script = next != NULL;
    if (!next)
        next = wrapper_inner(arena, str_basename(step->word), words);
    step->becomes_next = next && !step->is_script;
    step->shell_script = !next && words[1] && wrapper_is_shell(str_basename(step->word));
    return next;
}

struct vec command_steps(struct arena *arena, char *const *words)
{
    struct vec steps = {0};
    while (words && words[0] && steps.count < STEPS_MAX) {
        words = without_split_option(arena, words);
        struct str found = look_up(arena, words[0]);
        if (!found.len && is_builtin(&steps)) {
            struct step *shell = VEC_LAST(&steps, struct step);
            shell->becomes_next = false;
            shell->shell_script = true;
            break;
        }
        struct step *step = VEC_PUSH(arena, &steps, struct step);
        *step = (struct step){.word = str_of(words[0]), .path = follow_links(arena, found)};
        words = found.len ? words_after(arena, step, found.ptr, words) : NULL;
    }
    return steps;
}
