/* Reads program headers, the dynamic section, names of sections and exported symbols. */
#include "inspect/elf.h"

#include <fcntl.h>
#include <gelf.h>
#include <unistd.h>

#if defined(__x86_64__)
#define OWN_MACHINE EM_X86_64
#else
#define OWN_MACHINE EM_AARCH64
#endif

const char *elf_machine_name(unsigned machine)
{
    switch (machine) {
    case EM_X86_64:
        return "x86-64";
    case EM_AARCH64:
        return "aarch64";
    case EM_386:
        return "i386";
    case EM_ARM:
        return "arm";
    case EM_RISCV:
        return "riscv";
    default:
        return "another machine";
    }
}

bool elf_fits(const struct elf *elf)
{
    return elf->machine == OWN_MACHINE && elf->bits == 8 * sizeof(void *);
}

/* glibc's loaders begin with "ld-linux" or "ld64", wherever they lie. */
static enum libc libc_of(struct str loader)
{
    struct str name = str_basename(loader);
    if (!name.len)
        return LIBC_NONE;
    return str_starts(name, STR("ld-linux")) || str_starts(name, STR("ld64")) ? LIBC_GLIBC : LIBC_OTHER;
}

static void read_loader(struct arena *arena, Elf *file, struct elf *elf)
{
    size_t count = 0;
    elf_getphdrnum(file, &count);
    for (size_t i = 0; i < count; i++) {
        GElf_Phdr header;
        size_t bytes = 0;
        const char *image = elf_rawfile(file, &bytes);
        if (!gelf_getphdr(file, (int)i, &header) || header.p_type != PT_INTERP || header.p_filesz == 0 ||
            header.p_offset > bytes || header.p_filesz > bytes - header.p_offset)
            continue;
        size_t n = strnlen(image + header.p_offset, header.p_filesz);
        elf->loader = str_copy(arena, (struct str){image + header.p_offset, n});
    }
    elf->libc = libc_of(elf->loader);
}

static void read_needed(struct arena *arena, Elf *file, Elf_Scn *section, const GElf_Shdr *header,
                        struct elf *elf)
{
    Elf_Data *data = elf_getdata(section, NULL);
    GElf_Dyn entry;
    for (int i = 0; data && gelf_getdyn(data, i, &entry) && entry.d_tag != DT_NULL; i++) {
        const char *name =
            entry.d_tag == DT_NEEDED ? elf_strptr(file, header->sh_link, entry.d_un.d_val) : NULL;
        if (name)
            *VEC_PUSH(arena, &elf->needed, struct str) = str_copy(arena, str_of(name));
    }
}

/* What the program offers to libraries that are loaded later: only that can be found from outside. */
static void read_exports(Elf *file, Elf_Scn *section, const GElf_Shdr *header, struct elf *elf)
{
    Elf_Data *data = elf_getdata(section, NULL);
    bool reads = false, writes = false;
    GElf_Sym symbol;
    for (int i = 0; data && gelf_getsym(data, i, &symbol); i++) {
        if (symbol.st_shndx == SHN_UNDEF)
            continue;
        struct str name = str_of(elf_strptr(file, header->sh_link, symbol.st_name));
        reads |= str_equal(name, STR("SSL_read"));
        writes |= str_equal(name, STR("SSL_write"));
        elf->has_python |= str_equal(name, STR("Py_BytesMain")) || str_equal(name, STR("Py_RunMain"));
        elf->has_audit |= str_equal(name, STR("PySys_AddAuditHook"));
        elf->is_module_of_ssl |= str_equal(name, STR("PyInit__ssl"));
    }
    elf->has_tls |= reads && writes;
}

static void read_sections(struct arena *arena, Elf *file, struct elf *elf)
{
    size_t names = 0;
    elf_getshdrstrndx(file, &names);
    for (Elf_Scn *section = NULL; (section = elf_nextscn(file, section));) {
        GElf_Shdr header;
        if (!gelf_getshdr(section, &header))
            continue;
        struct str name = str_of(elf_strptr(file, names, header.sh_name));
        elf->is_go |= str_equal(name, STR(".go.buildinfo")) || str_equal(name, STR(".gopclntab"));
        elf->is_bun |= str_equal(name, STR(".bun"));
        if (header.sh_type == SHT_DYNAMIC)
            read_needed(arena, file, section, &header, elf);
        else if (header.sh_type == SHT_DYNSYM)
            read_exports(file, section, &header, elf);
    }
}

struct elf elf_read(struct arena *arena, const char *path)
{
    struct elf elf = {0};
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
    elf.readable = fd >= 0;
    elf_version(EV_CURRENT);
    Elf *file = fd >= 0 ? elf_begin(fd, ELF_C_READ_MMAP, NULL) : NULL;
    GElf_Ehdr header;
    if (file && elf_kind(file) == ELF_K_ELF && gelf_getehdr(file, &header)) {
        elf.is_elf = true;
        elf.bits = header.e_ident[EI_CLASS] == ELFCLASS64 ? 64 : 32;
        elf.machine = header.e_machine;
        read_loader(arena, file, &elf);
        read_sections(arena, file, &elf);
    }
    elf_end(file);
    if (fd >= 0)
        close(fd);
    return elf;
}
