/* Where each log goes, and what is said of it. */
#include "cmd/parts/write_logs.h"

#include "cmd/parts/progress.h"

#include <limits.h>
#include <stdio.h>

#define LOGS_BELOW ".pipeline/logs/logs.json"

/* --video V means every video of that name, also where a hash tells two of them apart. */
static bool is_wanted(const struct write_logs_request *request, const struct video *video)
{
    struct str wanted = str_of(request->video);
    if (!request->video || str_equal(video->name, wanted))
        return true;
    return str_starts(video->name, wanted) && video->name.len == wanted.len + 9 &&
           video->name.ptr[wanted.len] == '~';
}

/* A video that VLSHIM_VIDEO named may hold what no folder's name can. */
static void folder_name(struct str name, char *out, size_t bytes)
{
    size_t at = 0;
    for (size_t i = 0; i < name.len && at + 4 < bytes; i++) {
        bool plain = name.ptr[i] != '/' && !(name.len < 3 && name.ptr[i] == '.');
        at += (size_t)snprintf(out + at, bytes - at, plain ? "%c" : "%%%02X", (unsigned char)name.ptr[i]);
    }
    out[at] = '\0';
}

static void find_path(const struct write_logs_request *request, const struct video *video, char *path,
                      size_t bytes)
{
    char name[1024] = "";
    folder_name(video->name, name, sizeof name);
    if (request->out)
        snprintf(path, bytes, "%s/%s/" LOGS_BELOW, request->out, name);
    else if (video->folder.len)
        snprintf(path, bytes, STR_FMT "/" LOGS_BELOW, STR_ARG(video->folder));
    else
        snprintf(path, bytes, "%s/%s/" LOGS_BELOW, request->spool, name);
}

/* Told before anything is written. */
static int check_folders(const struct write_logs_request *request, const struct conclusion *conclusion,
                         struct err *err)
{
    VEC_EACH (const struct log, log, &conclusion->logs) {
        const struct video *video = log->story->video;
        if (is_wanted(request, video) && !video->folder.len && !request->out && !request->spool)
            return err_set(err, ERR_OUTPUT,
                           "The folder of video " STR_FMT " is not known: say with --out where logs go.",
                           STR_ARG(video->name));
    }
    return 0;
}

static int write_each(const struct write_logs_request *request, const struct conclusion *conclusion,
                      struct err *err)
{
    char path[PATH_MAX];
    struct logs_odd odd;
    size_t done = 0;
    struct progress progress;
    progress_begin(&progress, "writing");
    VEC_EACH (const struct log, log, &conclusion->logs) {
        if (!is_wanted(request, log->story->video))
            continue;
        find_path(request, log->story->video, path, sizeof path);
        int status = conclude_write(log, path, &odd, err);
        progress_show(&progress, ++done, conclusion->logs.count);
        progress_end(&progress); /* before the video's line */
        if (status)
            return status;
        if (*odd.aside)
            fprintf(stderr, "vlagg: %s could not be read as a log and was moved to %s\n", path, odd.aside);
        if (*odd.unread)
            fprintf(
                stderr,
                "vlagg: %s could not be read as a log; it is as it was, and nothing of it was taken over\n",
                odd.unread);
        printf("%s: %s\n", path, story_status(log->story));
    }
    return 0;
}

static void tell_unplaced(const struct cost_sum *ambiguous)
{
    if (ambiguous->calls)
        fprintf(
            stderr,
            "vlagg: %llu Claude calls ($%.6f, without those of unknown cost) of transcripts that may be of "
            "several processes are in no video's log (ambiguous)\n",
            (unsigned long long)ambiguous->calls, (double)ambiguous->cost / 1e12);
}

int write_logs(const struct write_logs_request *request, const struct facts *facts, struct err *err)
{
    struct conclusion conclusion;
    int status = conclude_all(facts, &request->conclude, &conclusion, err);
    if (!status && !conclusion.logs.count)
        fprintf(stderr, "vlagg: %s holds nothing of any video; `vlagg cat` shows what a spool holds\n",
                request->source);
    if (!status)
        status = check_folders(request, &conclusion, err);
    if (!status)
        status = write_each(request, &conclusion, err);
    if (!status)
        tell_unplaced(&conclusion.ambiguous);
    conclude_free(&conclusion);
    return status;
}
