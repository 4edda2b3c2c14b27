/* A preloaded library that takes the list of loaded objects away, as some that do not want to be looked at
 * do. */
#include <link.h>
#include <stddef.h>
#include <stdlib.h>

static struct link_map *list;

static void give_back(void) { _r_debug.r_map = list; }

__attribute__((constructor)) static void hides(void)
{
    if (getenv("HIDES") && !list) {
        list = _r_debug.r_map;
        _r_debug.r_map = NULL;
        atexit(give_back);
    }
}
