/* Takes folders apart by the rules' video_paths. */
#include "rules/video_bases.h"

static struct str place_of(struct arena *arena, const struct rules *rules, const struct recorded_video *video)
{
    struct vec values = {0};
    struct str place = STR("");
    if (video->pattern >= rules->video_paths.count || !video->folder.len)
        return place;
    if (!regex_capture(*VEC_AT(&rules->video_paths, regex_ref, video->pattern), video->folder, arena,
                       &values))
        return place;
    VEC_EACH (const struct value, value, &values)
        if (!str_equal(value->name, STR("video")))
            place = str_format(arena, STR_FMT "|" STR_FMT, STR_ARG(place), STR_ARG(value->text));
    return place;
}

struct vec video_bases_find(struct arena *arena, const struct rules *rules, const struct facts *facts)
{
    struct vec places = {0};
    VEC_EACH (const struct recorded_video, video, &facts->videos)
        *VEC_PUSH(arena, &places, struct str) = place_of(arena, rules, video);
    return places;
}
