/* CPython from inside: functions that rules name become spans, exceptions and warnings become events. */
#ifndef SHIM_PYTHON_H
#define SHIM_PYTHON_H

/* Before main, once recording is on. Where the process is no CPython, or VLSHIM_SPANS is empty, nothing is
 * done. */
void python_init(void);

#endif
