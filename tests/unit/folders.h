/* Folders of unit tests: each test runs in a process of its own, the program that ran them all removes what
 * they made. */
#ifndef UNIT_FOLDERS_H
#define UNIT_FOLDERS_H

/* Before the first test, and after the last. False: no file to note them in. */
int folders_begin(void);
void folders_end(void);

/* A fresh folder below TMPDIR for this test alone; it and what is in it go when the program ends. */
const char *unit_folder(void);

#endif
