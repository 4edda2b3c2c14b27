/* Taking old recordings away. */
#include "read/packed/pack_file.h"
#include "read/transcripts/usage_file.h"

#include <errno.h>
#include <glob.h>
#include <limits.h>
#include <stdio.h>
#include <unistd.h>

int pack_remove(const struct spool_file *file, struct err *err)
{
    if (unlink(file->path.ptr) != 0)
        return err_set(err, ERR_OUTPUT, "%s cannot be removed: %s.", file->path.ptr, strerror(errno));
    char folder[PATH_MAX];
    snprintf(folder, sizeof folder, STR_FMT, STR_ARG(str_dirname(file->path)));
    rmdir(folder); /* where others are in it, it stays */
    return 0;
}

static bool has_recording(const char *stem)
{
    char pattern[PATH_MAX + 32];
    glob_t found;
    snprintf(pattern, sizeof pattern, "%s*" VL_FILE_SUFFIX "*", stem);
    bool any = glob(pattern, GLOB_NOSORT, NULL, &found) == 0;
    globfree(&found);
    return any;
}

/* Of a copy's path, to its host and boot: which spool it was made in does not matter. */
static size_t stem_bytes(const char *path)
{
    size_t n = strlen(path) - (sizeof USAGE_SUFFIX - 1);
    bool two = n > 34 && path[n - 17] == '-' && strspn(path + n - 16, "0123456789abcdef") >= 16 &&
               path[n - 34] == '-' && strspn(path + n - 33, "0123456789abcdef") == 16;
    return two ? n - 17 : n;
}

void pack_remove_orphans(const char *spool)
{
    char pattern[PATH_MAX + 32], stem[PATH_MAX];
    glob_t found;
    snprintf(pattern, sizeof pattern, "%s/" VL_RUN_FOLDER "/*" USAGE_SUFFIX, spool);
    if (glob(pattern, 0, NULL, &found) == 0)
        for (size_t i = 0; i < found.gl_pathc; i++) {
            snprintf(stem, sizeof stem, "%.*s", (int)stem_bytes(found.gl_pathv[i]), found.gl_pathv[i]);
            if (!has_recording(stem))
                unlink(found.gl_pathv[i]);
        }
    globfree(&found);
    snprintf(stem, sizeof stem, "%s/" VL_RUN_FOLDER, spool);
    rmdir(stem);
}
