/* A program that says itself what it does; prints the same with and without the recorder. */
#include "../../../include/vlshim.h"

#include <errno.h>
#include <stdio.h>

int main(void)
{
    errno = 7;
    vlshim_note("before", "{}");
    vlshim_video("outputs/2015/inventing-math");
    vlshim_stage_begin("rendering", "scene_low");
    vlshim_note("retry_attempt", "{\"attempt_number\": 2, \"key\": \"sk-ant-0123456789abcdef0123456789\"}");
    vlshim_stage_end("rendering", 0, "no \"output\"\n");
    vlshim_video("euler-poem");
    vlshim_note("named", NULL);
    vlshim_video(NULL);
    vlshim_note("after", "[]");
    printf("%d\n", errno);
    return 3;
}
