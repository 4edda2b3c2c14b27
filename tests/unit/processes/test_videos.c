/* Which folders are one video, and what it is called. */
#include "unit.h"

#include "processes/videos.h"
#include "rules/video_bases.h"

static struct tree settled(struct facts *facts)
{
    struct tree tree = {.arena = facts->arena, .facts = facts};
    facts_settle(facts);
    struct vec places = video_bases_find(tree.arena, rules_builtin(tree.arena), facts);
    videos_settle(&tree, &places);
    return tree;
}

static struct str name_of(const struct tree *tree, size_t video)
{
    return VEC_AT(&tree->videos, struct video, video)->name;
}

START_TEST(folders_under_different_patterns_are_one_video)
{
    struct facts *facts = facts_new();
    facts_video(facts, STR(""), STR(""), 0);
    facts_video(facts, STR("V"), STR("/b/outputs/2015/V"), 0);
    facts_video(facts, STR("V"), STR("/b/data/captions/2015/V"), 1);
    struct tree tree = settled(facts);
    ck_assert_uint_eq(tree.videos.count, 1);
    ck_str_is(name_of(&tree, 0), "V");
    ck_str_is(VEC_AT(&tree.videos, struct video, 0)->folder, "/b/outputs/2015/V");
    facts_free(facts);
}
END_TEST

START_TEST(two_folders_of_one_name_are_told_apart_by_a_hash)
{
    struct facts *facts = facts_new();
    facts_video(facts, STR("V"), STR("/b/outputs/2015/V"), 0);
    facts_video(facts, STR("V"), STR("/b/outputs/2016/V"), 0);
    facts_video(facts, STR("V"), STR("/b/data/captions/2016/V"), 1);
    struct tree tree = settled(facts);
    ck_assert_uint_eq(tree.videos.count, 2);
    for (size_t i = 0; i < 2; i++) {
        ck_assert(str_starts(name_of(&tree, i), STR("V~")));
        ck_assert_uint_eq(name_of(&tree, i).len, 10);
        const struct video *video = VEC_AT(&tree.videos, struct video, i);
        bool second = str_equal(video->folder, STR("/b/outputs/2016/V"));
        ck_assert_uint_eq(video->recorded.count, second ? 2 : 1);
    }
    facts_free(facts);
}
END_TEST

START_TEST(a_name_without_a_folder_joins_the_one_folder_there_is)
{
    struct facts *facts = facts_new();
    facts_video(facts, STR("V"), STR(""), 0);
    facts_video(facts, STR("V"), STR("/b/outputs/2015/V"), 0);
    facts_video(facts, STR("W"), STR(""), 0);
    struct tree tree = settled(facts);
    ck_assert_uint_eq(tree.videos.count, 2);
    ck_str_is(VEC_AT(&tree.videos, struct video, 0)->folder, "/b/outputs/2015/V");
    ck_str_is(name_of(&tree, 1), "W");
    facts_free(facts);
}
END_TEST

UNIT_TESTS("processes: videos", folders_under_different_patterns_are_one_video,
           two_folders_of_one_name_are_told_apart_by_a_hash,
           a_name_without_a_folder_joins_the_one_folder_there_is)
