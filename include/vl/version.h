/* The version of the spool format and what it promises.
 *
 * A reader of version N reads every spool of version <= N. Within one version events may be added
 * and fields may be appended to an event in the long form: an older reader steps over both, because every
 * event says how long it is (event.h). Anything else needs a new version. */
#ifndef VL_VERSION_H
#define VL_VERSION_H

#define VL_FORMAT_VERSION 1
#define VL_TOOL_VERSION   "0.1.0"

#endif
