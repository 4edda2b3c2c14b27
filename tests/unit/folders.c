/* What each test makes is noted in a file. */
#include "folders.h"

#include <check.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static char list_name[] = "/tmp/vl-unit-list-XXXXXX";
static char folder[4096];

int folders_begin(void)
{
    int fd = mkstemp(list_name);
    return fd >= 0 && close(fd) == 0;
}

const char *unit_folder(void)
{
    const char *top = getenv("TMPDIR");
    snprintf(folder, sizeof folder, "%s/vl-unit-XXXXXX", top && *top ? top : "/tmp");
    ck_assert_ptr_nonnull(mkdtemp(folder));
    FILE *list = fopen(list_name, "a");
    ck_assert_ptr_nonnull(list);
    fprintf(list, "%s\n", folder);
    fclose(list);
    return folder;
}

static int remove_entry(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
    (void)st, (void)type, (void)ftw;
    return remove(path);
}

void folders_end(void)
{
    char *line = NULL;
    size_t room = 0;
    FILE *list = fopen(list_name, "r");
    for (ssize_t got; list && (got = getline(&line, &room, list)) > 1;) {
        line[got - 1] = 0;
        nftw(line, remove_entry, 16, FTW_DEPTH | FTW_PHYS);
    }
    if (list)
        fclose(list);
    free(line);
    unlink(list_name);
}
