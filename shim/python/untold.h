/* What the interpreter would tell its audit hooks again and again, while ours is the only one and does not
 * need it. */
#ifndef SHIM_PYTHON_UNTOLD_H
#define SHIM_PYTHON_UNTOLD_H

/* Once, when there are modules. */
void untold_begin(void);

/* Another hook comes, or ours goes: from now on everything is told. */
void untold_end(void);

#endif
