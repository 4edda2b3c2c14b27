/* What an executable file says of itself. libelf's only home. */
#ifndef INSPECT_ELF_H
#define INSPECT_ELF_H

#include "base/arena.h"
#include "base/str.h"
#include "base/vec.h"

enum libc { LIBC_NONE, LIBC_GLIBC, LIBC_OTHER };

struct elf {
    bool is_elf, readable;
    int bits;              /* 32 or 64 */
    unsigned machine;      /* EM_… */
    struct str loader;     /* the dynamic loader's path; "": static */
    enum libc libc;        /* by the loader */
    struct vec needed;     /* of struct str: libraries that it names */
    bool is_go, is_bun;    /* by their sections */
    bool has_tls;          /* defines OpenSSL's SSL_read and SSL_write for others to find */
    bool has_python;       /* the same for CPython's Py_BytesMain or Py_RunMain */
    bool has_audit;        /* … and PySys_AddAuditHook */
    bool is_module_of_ssl; /* … and PyInit__ssl: Python's ssl is built in */
};

/* Texts are copied into the arena. A file that is none, or is damaged, is no ELF. */
struct elf elf_read(struct arena *arena, const char *path);

/* "x86-64", "aarch64", "i386", …, for people. */
const char *elf_machine_name(unsigned machine);

/* The class and machine of this program itself, and so of the recorder. */
bool elf_fits(const struct elf *elf);

#endif
