/* Calls every function of stdio that moves bytes, by name, on a file of its own in every way of buffering,
 * and prints which file that was. Its bytes are counted from outside. stdio list stdio file|fifo|tty FOLDER
 * REPORT */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <locale.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <termios.h>
#include <unistd.h>
#include <wchar.h>

static FILE *report;
static const char *kind, *folder;
static void *call; /* the function at work */
static char block[40000];
static int fewer = 1; /* unbuffered, each turn is a call of the kernel */

#define AS(type) ((type)call)

/* ---- writing, by shape; what is left waiting is closed or exits ---- */

static void put_blocks(FILE *f)
{
    size_t (*put)(const void *, size_t, size_t, FILE *) = AS(size_t(*)(const void *, size_t, size_t, FILE *));
    static const size_t sizes[] = {1, 16, 0, 100, 4095, 4096, 4097, 1, 5000, 20000, 3};
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++)
        put(block, 1, sizes[i], f);
    put(block, 7, 3, f);
    put(block, 1000, 5, f);
    put("line\nrest", 1, 9, f);
}

static void put_strings(FILE *f)
{
    int (*put)(const char *, FILE *) = AS(int (*)(const char *, FILE *));
    for (int i = 0; i < 700 / fewer; i++)
        put(i % 3 ? "some text" : "a line\nand more\n", f);
    put("", f);
    put(block, f);
}

static void put_lines(FILE *f)
{
    int (*put)(const char *) = AS(int (*)(const char *));
    stdout = f;
    for (int i = 0; i < 700 / fewer; i++)
        put("a line of text");
    put("");
    put(block);
}

static void put_characters(FILE *f)
{
    int (*put)(int, FILE *) = AS(int (*)(int, FILE *));
    for (int i = 0; i < 4201 / fewer; i++)
        put(i % 50 ? 'a' : '\n', f);
    put(0xff, f);
}

static void put_characters_out(FILE *f)
{
    int (*put)(int) = AS(int (*)(int));
    stdout = f;
    for (int i = 0; i < 4201 / fewer; i++)
        put(i % 50 ? 'a' : '\n');
}

static void put_expanded(FILE *f)
{
    for (int i = 0; i < 4201 / fewer; i++)
        putc_unlocked(i % 50 ? 'a' : '\n', f);
}

static void put_words(FILE *f)
{
    for (int i = 0; i < 3000 / fewer; i++)
        AS(int (*)(int, FILE *))(i, f);
}

#define EACH(print, more)                                                                                    \
    do {                                                                                                     \
        for (int i = 0; i < 300; i++)                                                                        \
            print(more, "%d of %s%c", i, "a text", i % 4 ? ' ' : '\n');                                      \
        print(more, "%5000d|", 3);                                                                           \
        print(more, "%.9000s", block);                                                                       \
        print(more, "rest");                                                                                 \
    } while (0)

static void print_to(FILE *f)
{
    int (*print)(FILE *, const char *, ...) = AS(int (*)(FILE *, const char *, ...));
    EACH(print, f);
}

static void print_to_checked(FILE *f)
{
    int (*print)(FILE *, int, const char *, ...) = AS(int (*)(FILE *, int, const char *, ...));
#define CHECKED(f, ...) print(f, 1, __VA_ARGS__)
    EACH(CHECKED, f);
}

static void print_out(FILE *f)
{
    int (*print)(const char *, ...) = AS(int (*)(const char *, ...));
#define PLAIN(f, ...) print(__VA_ARGS__)
    stdout = f;
    EACH(PLAIN, f);
}

static void print_out_checked(FILE *f)
{
    int (*print)(int, const char *, ...) = AS(int (*)(int, const char *, ...));
    stdout = f;
    EACH(print, 1);
}

static void vprint(int shape, FILE *f, const char *format, ...)
{
    va_list list;
    va_start(list, format);
    if (shape == 0)
        AS(int (*)(FILE *, const char *, va_list))(f, format, list);
    else if (shape == 1)
        AS(int (*)(FILE *, int, const char *, va_list))(f, 1, format, list);
    else if (shape == 2)
        AS(int (*)(const char *, va_list))(format, list);
    else if (shape == 3)
        AS(int (*)(int, const char *, va_list))(1, format, list);
    else if (shape == 4)
        AS(int (*)(int, const char *, va_list))(fileno(f), format, list);
    else
        AS(int (*)(int, int, const char *, va_list))(fileno(f), 1, format, list);
    va_end(list);
}

#define VPRINT(name, shape)                                                                                  \
    static void name(FILE *f)                                                                                \
    {                                                                                                        \
        stdout = shape == 2 || shape == 3 ? f : stdout;                                                      \
        for (int i = 0; i < 300; i++)                                                                        \
            vprint(shape, f, "%d of %s%c", i, "a text", i % 4 ? ' ' : '\n');                                 \
        vprint(shape, f, "%5000d|", 3);                                                                      \
        vprint(shape, f, "rest");                                                                            \
    }
VPRINT(vprint_to, 0)
VPRINT(vprint_to_checked, 1)
VPRINT(vprint_out, 2)
VPRINT(vprint_out_checked, 3)
VPRINT(vprint_fd, 4)
VPRINT(vprint_fd_checked, 5)

static void print_fd(FILE *f)
{
    int (*print)(int, const char *, ...) = AS(int (*)(int, const char *, ...));
    EACH(print, fileno(f));
}

static void print_fd_checked(FILE *f)
{
    int (*print)(int, int, const char *, ...) = AS(int (*)(int, int, const char *, ...));
    EACH(CHECKED, fileno(f));
}

/* Wide: two bytes or three a character now and then. */
static void put_wide(FILE *f)
{
    for (int i = 0; i < 5000 / fewer; i++)
        AS(wint_t(*)(wchar_t, FILE *))(i % 50 ? i % 7 ? L'a' : L'\u00e9' : L'\n', f);
}

static void put_wide_out(FILE *f)
{
    stdout = f;
    for (int i = 0; i < 5000 / fewer; i++)
        AS(wint_t(*)(wchar_t))(i % 50 ? i % 7 ? L'a' : L'\u20ac' : L'\n');
}

static void put_wide_expanded(FILE *f)
{
    fwide(f, 1);
    for (int i = 0; i < 3000 / fewer; i++)
        AS(wint_t(*)(FILE *, wint_t))(f, i % 50 ? L'a' : L'\n');
}

static void put_wide_strings(FILE *f)
{
    for (int i = 0; i < 700 / fewer; i++)
        AS(int (*)(const wchar_t *, FILE *))(i % 3 ? L"s\u00f6me text" : L"a line\n", f);
}

static void print_wide(FILE *f)
{
    for (int i = 0; i < 700 / fewer; i++)
        AS(int (*)(FILE *, const wchar_t *, ...))
    (f, L"%d \u00fcber %ls%lc", i, L"text", i % 4 ? L' ' : L'\n');
}

static void print_wide_checked(FILE *f)
{
    for (int i = 0; i < 700 / fewer; i++)
        AS(int (*)(FILE *, int, const wchar_t *, ...))(f, 1, L"%d \u00fcber\n", i);
}

static void print_wide_out(FILE *f)
{
    stdout = f;
    for (int i = 0; i < 700 / fewer; i++)
        AS(int (*)(const wchar_t *, ...))(L"%d \u00fcber\n", i);
}

static void print_wide_out_checked(FILE *f)
{
    stdout = f;
    for (int i = 0; i < 700 / fewer; i++)
        AS(int (*)(int, const wchar_t *, ...))(1, L"%d \u00fcber\n", i);
}

static void vprint_wide_one(int shape, FILE *f, const wchar_t *format, ...)
{
    va_list list;
    va_start(list, format);
    if (shape == 0)
        AS(int (*)(FILE *, const wchar_t *, va_list))(f, format, list);
    else if (shape == 1)
        AS(int (*)(FILE *, int, const wchar_t *, va_list))(f, 1, format, list);
    else if (shape == 2)
        AS(int (*)(const wchar_t *, va_list))(format, list);
    else
        AS(int (*)(int, const wchar_t *, va_list))(1, format, list);
    va_end(list);
}

#define VWPRINT(name, shape)                                                                                 \
    static void name(FILE *f)                                                                                \
    {                                                                                                        \
        stdout = shape >= 2 ? f : stdout;                                                                    \
        for (int i = 0; i < 700 / fewer; i++)                                                                \
            vprint_wide_one(shape, f, L"%d \u00fcber\n", i);                                                 \
    }
VWPRINT(vprint_wide, 0)
VWPRINT(vprint_wide_checked, 1)
VWPRINT(vprint_wide_out, 2)
VWPRINT(vprint_wide_out_checked, 3)

/* ---- reading ---- */

static void get_blocks(FILE *f)
{
    size_t (*get)(void *, size_t, size_t, FILE *) = AS(size_t(*)(void *, size_t, size_t, FILE *));
    static const size_t sizes[] = {1, 16, 0, 100, 4095, 4096, 1, 2000};
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++)
        get(block, 1, sizes[i], f);
    get(block, 1000, 30, f);
    get(block, 7, 30, f);
}

static void get_blocks_checked(FILE *f)
{
    size_t (*get)(void *, size_t, size_t, size_t, FILE *) =
        AS(size_t(*)(void *, size_t, size_t, size_t, FILE *));
    for (int i = 0; i < 9; i++)
        get(block, sizeof block, 100 + 700 * (size_t)i, 1, f);
}

static void get_lines(FILE *f)
{
    char line[300];
    for (int i = 0; i < 100 && AS(char *(*)(char *, int, FILE *))(line, sizeof line, f); i++)
        if (i % 10 == 3)
            ungetc('x', f);
    char longer[9000];
    while (AS(char *(*)(char *, int, FILE *))(longer, sizeof longer, f))
        ;
}

static void get_lines_checked(FILE *f)
{
    char line[300];
    while (AS(char *(*)(char *, size_t, int, FILE *))(line, sizeof line, sizeof line, f))
        ;
}

static void get_lines_in(FILE *f)
{
    stdin = f;
    while (AS(char *(*)(char *))(block))
        ;
}

static void get_lines_in_checked(FILE *f)
{
    stdin = f;
    while (AS(char *(*)(char *, size_t))(block, sizeof block))
        ;
}

static void get_allocated(FILE *f)
{
    char *line = NULL;
    size_t room = 0;
    while (AS(ssize_t(*)(char **, size_t *, FILE *))(&line, &room, f) >= 0)
        ;
    free(line);
}

static void get_delimited(FILE *f)
{
    char *line = NULL;
    size_t room = 0;
    while (AS(ssize_t(*)(char **, size_t *, int, FILE *))(&line, &room, 'z', f) >= 0)
        ;
    free(line);
}

static void get_characters(FILE *f)
{
    for (int i = 0; AS(int (*)(FILE *))(f) != EOF; i++)
        if (i % 999 == 0) {
            ungetc('p', f);
            ungetc('q', f);
        }
}

static void get_characters_in(FILE *f)
{
    stdin = f;
    while (AS(int (*)(void))() != EOF)
        ;
}

static void get_expanded(FILE *f)
{
    while (getc_unlocked(f) != EOF)
        ;
}

static void fill_only(FILE *f)
{
    while (AS(int (*)(FILE *))(f) != EOF)
        fgetc(f);
}

static void get_words(FILE *f)
{
    do
        AS(int (*)(FILE *))(f);
    while (!feof(f));
}

static void scan(FILE *f)
{
    char word[20];
    while (AS(int (*)(FILE *, const char *, ...))(f, "%19s", word) == 1)
        ;
}

static void scan_in(FILE *f)
{
    char word[20];
    stdin = f;
    while (AS(int (*)(const char *, ...))("%19s", word) == 1)
        ;
}

static int vscan_one(int shape, FILE *f, const void *format, ...)
{
    va_list list;
    va_start(list, format);
    int n = shape ? AS(int (*)(const void *, va_list))(format, list)
                  : AS(int (*)(FILE *, const void *, va_list))(f, format, list);
    va_end(list);
    return n;
}

static void vscan(FILE *f)
{
    char word[20];
    while (vscan_one(0, f, "%19s", word) == 1)
        ;
}

static void vscan_in(FILE *f)
{
    char word[20];
    stdin = f;
    while (vscan_one(1, f, "%19s", word) == 1)
        ;
}

static void scan_wide(FILE *f)
{
    wchar_t word[20];
    while (AS(int (*)(FILE *, const wchar_t *, ...))(f, L"%19ls", word) == 1)
        ;
}

static void scan_wide_in(FILE *f)
{
    wchar_t word[20];
    stdin = f;
    while (AS(int (*)(const wchar_t *, ...))(L"%19ls", word) == 1)
        ;
}

static void vscan_wide(FILE *f)
{
    wchar_t word[20];
    while (vscan_one(0, f, L"%19ls", word) == 1)
        ;
}

static void vscan_wide_in(FILE *f)
{
    wchar_t word[20];
    stdin = f;
    while (vscan_one(1, f, L"%19ls", word) == 1)
        ;
}

static void get_wide(FILE *f)
{
    for (int i = 0; AS(wint_t(*)(FILE *))(f) != WEOF; i++)
        if (i % 999 == 0)
            ungetwc(L'p', f);
}

static void get_wide_in(FILE *f)
{
    stdin = f;
    while (AS(wint_t(*)(void))() != WEOF)
        ;
}

static void get_wide_expanded(FILE *f)
{
    fwide(f, 1);
    while (AS(wint_t(*)(FILE *))(f) != WEOF)
        fgetwc(f);
}

static void get_wide_lines(FILE *f)
{
    wchar_t line[200];
    while (AS(wchar_t * (*)(wchar_t *, int, FILE *))(line, 200, f))
        ;
}

static void get_wide_lines_checked(FILE *f)
{
    wchar_t line[200];
    while (AS(wchar_t * (*)(wchar_t *, size_t, int, FILE *))(line, 200, 200, f))
        ;
}

/* ---- both, and moving about: files alone ---- */

static int seek(FILE *f, long to, int whence)
{
    if (strcmp(kind, "file") != 0)
        return 0;
    return AS(int (*)(FILE *, long, int))(f, to, whence);
}

static void seek_about(FILE *f)
{
    fputs("some text\nand more\n", f);
    seek(f, 5, SEEK_SET);
    fputs("TEXT", f);
    seek(f, 0, SEEK_END);
    fwrite(block, 1, 9000, f);
    seek(f, -3, SEEK_CUR);
    getc(f);
    getc(f);
    seek(f, 100, SEEK_SET);
    getc(f);
    seek(f, 50, SEEK_CUR);
    getc(f);
    seek(f, 5001, SEEK_SET);
    getc(f);
    seek(f, 6000, SEEK_SET);
    ungetc('u', f);
    seek(f, 1, SEEK_CUR);
    seek(f, 9100, SEEK_SET); /* beyond the end, in the last block */
    seek(f, 1000000, SEEK_SET);
    seek(f, 4096, SEEK_SET);
    ftell(f);
    fputs("overwritten", f);
    seek(f, 0, SEEK_CUR);
    fgets(block, 100, f);
    seek(f, 0, SEEK_END);
    fputs("the end", f);
}

static void set_position(FILE *f)
{
    fpos_t at;
    fputs("some text\nand more\n", f);
    fgetpos(f, &at);
    fwrite(block, 1, 5000, f);
    AS(int (*)(FILE *, const fpos_t *))(f, &at);
    getc(f);
    AS(int (*)(FILE *, const fpos_t *))(f, &at);
    fputs("more", f);
}

static void go_back(FILE *f)
{
    for (int i = 0; i < 5; i++) {
        fputs("some text\nand more\n", f);
        AS(void (*)(FILE *))(f);
        getc(f);
        fgets(block, 100, f);
        AS(void (*)(FILE *))(f);
    }
}

static void flush(FILE *f)
{
    for (int i = 0; i < 50; i++) {
        fputs("some text\nand more\n", f);
        AS(int (*)(FILE *))(i % 2 ? f : NULL);
    }
}

static void flush_all(FILE *f)
{
    for (int i = 0; i < 5; i++) {
        fputs("some text", f);
        AS(int (*)(void))();
    }
}

static void set_buffer(FILE *f)
{
    static char other[BUFSIZ];
    fputs("some text", f);
    AS(void (*)(FILE *, char *, size_t))(f, other, sizeof other);
    fputs("some more text\n", f);
}

static void set_buffer_fully(FILE *f)
{
    for (int mode = 0; mode < 3; mode++) {
        fputs("some text", f);
        AS(int (*)(FILE *, char *, int, size_t))
        (f, NULL, mode == 0 ? _IOLBF : mode == 1 ? _IONBF : _IOFBF, 0);
        fputs("some more text\nand rest", f);
    }
}

static void reopen(FILE *f)
{
    fputs("some text", f);
    f = AS(FILE * (*)(const char *, const char *, FILE *))("/dev/null", "w", f);
    fputs("some more text", f);
    fflush(f);
}

static void close_it(FILE *f)
{
    FILE *copy = fdopen(dup(fileno(f)), "w");
    fputs("some text", copy);
    AS(int (*)(FILE *))(copy);
}

static void open_it(FILE *f)
{
    (void)f;
    FILE *null = AS(FILE * (*)(const char *, const char *))("/dev/null", "w");
    fputs("some text", null);
    fclose(null);
}

static void temporary(FILE *f)
{
    FILE *t = AS(FILE * (*)(void))();
    fputs("some text", t);
    rewind(t);
    fgets(block, 100, t);
    fclose(t);
    fputs("x", f);
}

enum direction { WRITES, READS, UPDATES };

static const struct row {
    const char *name;
    enum direction direction;
    void (*run)(FILE *);
} rows[] = {
    {"fwrite", WRITES, put_blocks},
    {"fwrite_unlocked", WRITES, put_blocks},
    {"_IO_fwrite", WRITES, put_blocks},
    {"fputs", WRITES, put_strings},
    {"fputs_unlocked", WRITES, put_strings},
    {"_IO_fputs", WRITES, put_strings},
    {"puts", WRITES, put_lines},
    {"_IO_puts", WRITES, put_lines},
    {"fputc", WRITES, put_characters},
    {"putc", WRITES, put_characters},
    {"_IO_putc", WRITES, put_characters},
    {"fputc_unlocked", WRITES, put_characters},
    {"putc_unlocked", WRITES, put_characters},
    {"putchar", WRITES, put_characters_out},
    {"putchar_unlocked", WRITES, put_characters_out},
    {"__overflow", WRITES, put_expanded},
    {"putw", WRITES, put_words},
    {"fprintf", WRITES, print_to},
    {"_IO_fprintf", WRITES, print_to},
    {"__fprintf_chk", WRITES, print_to_checked},
    {"printf", WRITES, print_out},
    {"_IO_printf", WRITES, print_out},
    {"__printf_chk", WRITES, print_out_checked},
    {"vfprintf", WRITES, vprint_to},
    {"_IO_vfprintf", WRITES, vprint_to},
    {"__vfprintf_chk", WRITES, vprint_to_checked},
    {"vprintf", WRITES, vprint_out},
    {"__vprintf_chk", WRITES, vprint_out_checked},
    {"dprintf", WRITES, print_fd},
    {"__dprintf_chk", WRITES, print_fd_checked},
    {"vdprintf", WRITES, vprint_fd},
    {"__vdprintf_chk", WRITES, vprint_fd_checked},
    {"fputwc", WRITES, put_wide},
    {"putwc", WRITES, put_wide},
    {"fputwc_unlocked", WRITES, put_wide},
    {"putwc_unlocked", WRITES, put_wide},
    {"putwchar", WRITES, put_wide_out},
    {"putwchar_unlocked", WRITES, put_wide_out},
    {"__woverflow", WRITES, put_wide_expanded},
    {"fputws", WRITES, put_wide_strings},
    {"fputws_unlocked", WRITES, put_wide_strings},
    {"fwprintf", WRITES, print_wide},
    {"__fwprintf_chk", WRITES, print_wide_checked},
    {"wprintf", WRITES, print_wide_out},
    {"__wprintf_chk", WRITES, print_wide_out_checked},
    {"vfwprintf", WRITES, vprint_wide},
    {"__vfwprintf_chk", WRITES, vprint_wide_checked},
    {"vwprintf", WRITES, vprint_wide_out},
    {"__vwprintf_chk", WRITES, vprint_wide_out_checked},

    {"fread", READS, get_blocks},
    {"fread_unlocked", READS, get_blocks},
    {"_IO_fread", READS, get_blocks},
    {"__fread_chk", READS, get_blocks_checked},
    {"__fread_unlocked_chk", READS, get_blocks_checked},
    {"fgets", READS, get_lines},
    {"fgets_unlocked", READS, get_lines},
    {"_IO_fgets", READS, get_lines},
    {"__fgets_chk", READS, get_lines_checked},
    {"__fgets_unlocked_chk", READS, get_lines_checked},
    {"gets", READS, get_lines_in},
    {"_IO_gets", READS, get_lines_in},
    {"__gets_chk", READS, get_lines_in_checked},
    {"getline", READS, get_allocated},
    {"getdelim", READS, get_delimited},
    {"__getdelim", READS, get_delimited},
    {"fgetc", READS, get_characters},
    {"getc", READS, get_characters},
    {"_IO_getc", READS, get_characters},
    {"fgetc_unlocked", READS, get_characters},
    {"getc_unlocked", READS, get_characters},
    {"getchar", READS, get_characters_in},
    {"getchar_unlocked", READS, get_characters_in},
    {"__uflow", READS, get_expanded},
    {"__underflow", READS, fill_only},
    {"getw", READS, get_words},
    {"fscanf", READS, scan},
    {"__isoc99_fscanf", READS, scan},
    {"scanf", READS, scan_in},
    {"__isoc99_scanf", READS, scan_in},
    {"vfscanf", READS, vscan},
    {"__isoc99_vfscanf", READS, vscan},
    {"__vfscanf", READS, vscan},
    {"vscanf", READS, vscan_in},
    {"__isoc99_vscanf", READS, vscan_in},
    {"fwscanf", READS, scan_wide},
    {"__isoc99_fwscanf", READS, scan_wide},
    {"wscanf", READS, scan_wide_in},
    {"__isoc99_wscanf", READS, scan_wide_in},
    {"vfwscanf", READS, vscan_wide},
    {"__isoc99_vfwscanf", READS, vscan_wide},
    {"vwscanf", READS, vscan_wide_in},
    {"__isoc99_vwscanf", READS, vscan_wide_in},
    {"fgetwc", READS, get_wide},
    {"getwc", READS, get_wide},
    {"fgetwc_unlocked", READS, get_wide},
    {"getwc_unlocked", READS, get_wide},
    {"getwchar", READS, get_wide_in},
    {"getwchar_unlocked", READS, get_wide_in},
    {"__wuflow", READS, get_wide_expanded},
    {"__wunderflow", READS, get_wide_expanded},
    {"fgetws", READS, get_wide_lines},
    {"fgetws_unlocked", READS, get_wide_lines},
    {"__fgetws_chk", READS, get_wide_lines_checked},
    {"__fgetws_unlocked_chk", READS, get_wide_lines_checked},

    {"fseek", UPDATES, seek_about},
    {"fseeko", UPDATES, seek_about},
    {"fseeko64", UPDATES, seek_about},
    {"fsetpos", UPDATES, set_position},
    {"fsetpos64", UPDATES, set_position},
    {"rewind", UPDATES, go_back},
    {"fflush", WRITES, flush},
    {"fflush_unlocked", WRITES, flush},
    {"_IO_fflush", WRITES, flush},
    {"_flushlbf", WRITES, flush_all},
    {"setvbuf", WRITES, set_buffer_fully},
    {"setbuf", WRITES, set_buffer},
    {"setbuffer", WRITES, set_buffer},

    {"freopen", WRITES, reopen},
    {"freopen64", WRITES, reopen},
    {"fclose", WRITES, close_it},
    {"_IO_fclose", WRITES, close_it},
    {"fopen", WRITES, open_it},
    {"fopen64", WRITES, open_it},
    {"_IO_fopen", WRITES, open_it},
    {"tmpfile", WRITES, temporary},
    {"tmpfile64", WRITES, temporary},
};
#define ROWS (sizeof rows / sizeof *rows)

static const struct way {
    const char *name;
    int mode;
    size_t bytes;
} ways[] = {{"default", -1, 0},
            {"full", _IOFBF, 100},
            {"large", _IOFBF, 30000},
            {"line", _IOLBF, 0},
            {"none", _IONBF, 0}};
#define WAYS (sizeof ways / sizeof *ways)

/* ---- where: a file, a pipe with a name, a terminal; for reading with something in it ---- */

static void text_for(char *text, size_t n)
{
    for (size_t i = 0; i < n; i++)
        text[i] = i % 61 == 60 ? '\n' : i % 7 == 6 ? ' ' : (char)('a' + i % 26);
    for (size_t i = 100; i + 700 < n; i += 1000)
        memcpy(text + i, "\xc3\xa9", 2);
    text[n - 1] = '\n';
}

static FILE *open_file(const char *path, enum direction direction, size_t n)
{
    char text[12000];
    if (direction == READS) {
        int fd = open(path, O_CREAT | O_WRONLY, 0600);
        text_for(text, n);
        if (write(fd, text, n) != (ssize_t)n)
            abort();
        close(fd);
    }
    return fopen(path, direction == READS ? "r" : direction == WRITES ? "w" : "w+");
}

/* What is written is drained by a child, what is read comes from one, in pieces. */
static FILE *open_fifo(const char *path, enum direction direction)
{
    char text[3000];
    mkfifo(path, 0600);
    if (fork() == 0) {
        int fd = open(path, direction == READS ? O_WRONLY : O_RDONLY);
        text_for(text, sizeof text);
        if (direction == READS)
            for (int i = 0; i < 4 && write(fd, text, 300 * (size_t)i + 11) > 0 && write(fd, "end\n", 4) > 0;
                 i++)
                usleep(200);
        else
            while (read(fd, text, sizeof text) > 0)
                ;
        _exit(0);
    }
    return fopen(path, direction == READS ? "r" : "w");
}

static int master; /* of the terminal in use */

static FILE *open_terminal(char *path, enum direction direction)
{
    char text[2000], ends[100]; /* of file: some functions ask again */
    struct termios how;
    memset(ends, 4, sizeof ends);
    master = posix_openpt(O_RDWR | O_NOCTTY);
    grantpt(master);
    unlockpt(master);
    strcpy(path, ptsname(master));
    int fd = open(path, O_RDWR | O_NOCTTY);
    tcgetattr(fd, &how);
    how.c_lflag &= (tcflag_t) ~(ECHO | ISIG);
    how.c_oflag &= (tcflag_t)~OPOST;
    tcsetattr(fd, TCSANOW, &how);
    if (direction == READS) {
        text_for(text, sizeof text);
        text[sizeof text - 1] = '\n';
        if (write(master, text, sizeof text) < 0 || write(master, ends, sizeof ends) < 0)
            abort();
    } else if (fork() == 0) {
        close(fd);
        while (read(master, text, sizeof text) > 0)
            ;
        _exit(0);
    }
    FILE *f = fopen(path, direction == READS ? "r" : "w");
    close(fd);
    return f;
}

static void use(const struct row *row, const struct way *way)
{
    char path[4096];
    FILE *out = stdout, *in = stdin;
    snprintf(path, sizeof path, "%s/%s.%s", folder, row->name, way->name);
    FILE *f = strcmp(kind, "file") == 0 ? open_file(path, row->direction, way->mode == _IONBF ? 1500 : 12000)
              : strcmp(kind, "fifo") == 0 ? open_fifo(path, row->direction)
                                          : open_terminal(path, row->direction);
    if (!f)
        abort();
    fprintf(report, "%s.%s %s\n", row->name, way->name, path);
    fflush(report);
    char *buffer = way->bytes ? malloc(way->bytes) : NULL;
    if (way->mode >= 0)
        setvbuf(f, buffer, way->mode, way->bytes);
    call = dlsym(RTLD_DEFAULT, row->name);
    if (!call)
        abort();
    fewer = way->mode == _IONBF ? 20 : 1;
    row->run(f);
    stdout = out;
    stdin = in;
    if (way - ways != 0 || row->direction != WRITES)
        fclose(f); /* else it is left to exit */
}

int main(int argc, char **argv)
{
    if (argc == 2)
        for (size_t i = 0; i < ROWS; i++)
            puts(rows[i].name);
    if (argc < 4)
        return argc != 2;
    setlocale(LC_ALL, "C.UTF-8");
    kind = argv[1];
    folder = argv[2];
    report = fopen(argv[3], "w");
    memset(block, 'b', sizeof block - 1);
    signal(SIGCHLD, SIG_IGN);
    for (size_t i = 0; i < ROWS; i++)
        for (size_t w = 0; w < WAYS; w++)
            use(&rows[i], &ways[w]);
    return 0;
}
