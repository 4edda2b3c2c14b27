/* The suites of the shim's unit tests, one a room. */
#ifndef SUITES_H
#define SUITES_H

#include "../folders.h"

#include <check.h>

Suite *suite_clock(void);
Suite *suite_crash(void);
Suite *suite_crc32c(void);
Suite *suite_detour(void);
Suite *suite_hook(void);
Suite *suite_hosts(void);
Suite *suite_names(void);
Suite *suite_paths(void);
Suite *suite_python_lines(void);
Suite *suite_redact(void);
Suite *suite_text(void);
Suite *suite_span_rules(void);
Suite *suite_tz(void);
Suite *suite_user_memory(void);
Suite *suite_video(void);
Suite *suite_writer(void);

#endif
