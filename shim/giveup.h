/* The way out of a state that the shim does not understand: better nothing than something wrong. */
#ifndef SHIM_GIVEUP_H
#define SHIM_GIVEUP_H

/* From here on every hook of this process forwards and does no more; counted once as NOT_UNDERSTOOD, and told
 * to VLSHIM_DEBUG. Children that begin with exec are recorded as ever. Any context; keeps errno. */
void give_up(const char *what);

#endif
