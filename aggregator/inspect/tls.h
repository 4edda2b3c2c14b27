/* Whose TLS a program uses, and whether its plaintext passes by the recorder. */
#ifndef INSPECT_TLS_H
#define INSPECT_TLS_H

#include "inspect/elf.h"
#include "model/diagnosis.h"

/* Of a dynamic program for this machine; why tells the library. */
struct capability tls_judge(struct arena *arena, struct str path, const struct elf *elf);

#endif
