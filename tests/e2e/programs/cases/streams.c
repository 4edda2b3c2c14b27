/* Streams of libc. */
#include "case.h"

#include <wchar.h>

CASE(streams_read_and_write)
{
    char text[100];
    int number = 0;
    FILE *f = fopen("stream", "w+");
    SAY(fprintf(f, "%d %s\n", 12, "words"));
    SAY(fwrite("12345678", 2, 4, f));
    SAY(fputc('c', f));
    SAY(fputs("line\n", f));
    SAY(fseek(f, 0, SEEK_SET));
    SAY(fscanf(f, "%d", &number));
    SAY(fgets(text, sizeof text, f) != NULL);
    SAY(fread(text, 1, 5, f));
    SAY(ungetc('u', f));
    SAY(getc(f));
    SAY(ftell(f));
    SAY(fflush(f));
    SAY(fclose(f));
    SAY(fopen("/nowhere/x", "r") == NULL);
    SAY(fopen("x", "bad mode") == NULL);
}

CASE(buffering_modes)
{
    for (int mode = 0; mode < 3; mode++) {
        char name[] = "mode0", buffer[32];
        name[4] = (char)('0' + mode);
        FILE *f = fopen(name, "w");
        setvbuf(f, buffer, mode == 0 ? _IOFBF : mode == 1 ? _IOLBF : _IONBF, sizeof buffer);
        for (int i = 0; i < 50; i++)
            fprintf(f, "line %d%s", i, i % 3 ? "\n" : " ");
        if (mode == 2)
            _exit(fclose(f));
        fclose(f);
    }
}

CASE(a_full_device)
{
    FILE *f = fopen("/dev/full", "w");
    SAY(fputs("text", f));
    SAY(fflush(f));
    SAY(ferror(f));
    SAY(fclose(f));
    f = fopen("/dev/full", "w");
    fputs("text", f);
    SAY(fclose(f));
}

CASE(streams_without_file)
{
    char room[20] = "memory", *grown = NULL;
    size_t size = 0;
    FILE *f = fmemopen(room, sizeof room, "r+");
    SAY(fgetc(f));
    SAY(fileno(f));
    SAY(fputs("xx", f));
    SAY(fclose(f));
    f = open_memstream(&grown, &size);
    SAY(fprintf(f, "%s %d", "grown", 5));
    SAY(fclose(f));
    puts(grown);
}

CASE(wide_streams)
{
    FILE *f = fopen("wide", "w+");
    SAY(fwide(f, 1));
    SAY(fputwc(L'w', f));
    SAY(fwprintf(f, L"%d\n", 5));
    rewind(f);
    SAY(fgetwc(f));
    SAY(fclose(f));
}

CASE(lines)
{
    char *line = NULL;
    size_t room = 0;
    FILE *f = fopen("lines", "w+");
    fputs("one\ntwo;three", f);
    rewind(f);
    SAY(getline(&line, &room, f));
    SAY(getdelim(&line, &room, ';', f));
    SAY(getline(&line, &room, f));
    SAY(getline(&line, &room, f));
    SAY(feof(f));
    fclose(f);
}

CASE(reopened_streams)
{
    fflush(stdout);
    SAY(freopen("out", "w", stdout) == stdout);
    puts("into the file");
    fclose(stdout);
    FILE *f = fdopen(2, "w");
    fputs("to stderr\n", f);
    fclose(f);
}

CASE(perror_and_errno)
{
    errno = ENOENT;
    perror("words");
    SAY(fprintf(stderr, "to stderr %d\n", 1));
    SAY(fputs("", stderr));
    errno = EDOM;
    printf("text\n");
    printf("%s\n", strerrorname_np(errno));
}

CASE(closed_standard_output)
{
    close(1);
    int written = printf("nowhere\n"), flushed = fflush(stdout);
    fprintf(stderr, "%d %d %s\n", written, flushed, strerrorname_np(errno));
}

CASE(a_large_write_through_a_stream)
{
    static char text[200000];
    memset(text, 'L', sizeof text);
    FILE *f = fopen("large", "w+");
    SAY(fputc('x', f));
    SAY(fwrite(text, 1, sizeof text, f));
    SAY(fseek(f, 10, SEEK_SET));
    SAY(fread(text, 1, sizeof text, f));
    SAY(fclose(f));
    FILE *t = tmpfile();
    SAY(fputs("temporary", t));
    SAY(fclose(t));
}
