/* Numbers, flags and errors of descriptors. */
#include "case.h"

#include <dlfcn.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <sys/un.h>

CASE(open_takes_the_lowest_number)
{
    SAY(open("/dev/null", O_RDONLY));
    SAY(open("/dev/zero", O_RDONLY));
    SAY(close(3));
    SAY(open("/dev/null", O_RDONLY | O_CLOEXEC));
    say_descriptors();
}

CASE(open_errors)
{
    SAY(open("/nowhere/x", O_RDONLY));
    SAY(open("/", O_WRONLY));
    SAY(open("/etc/passwd/x", O_RDONLY));
    SAY(open("", O_RDONLY));
    SAY(open((const char *)1, O_RDONLY));
    SAY(open("made", O_RDWR | O_CREAT | O_EXCL, 0640));
    SAY(open("made", O_RDWR | O_CREAT | O_EXCL, 0640));
    SAY(openat(99, "x", O_RDONLY));
    SAY(openat(AT_FDCWD, "made", O_DIRECTORY));
    SAY(creat("/nowhere/x", 0600));
}

CASE(open_mode_and_umask)
{
    struct stat st;
    umask(027);
    close(open("a", O_WRONLY | O_CREAT, 0666));
    stat("a", &st);
    printf("%o\n", st.st_mode & 07777);
    close(creat("b", 0777));
    stat("b", &st);
    printf("%o\n", st.st_mode & 07777);
    SAY(open(".", O_TMPFILE | O_RDWR, 0600) >= 0);
}

CASE(a_name_that_is_too_long)
{
    static char name[6000];
    memset(name, 'n', sizeof name - 1);
    SAY(open(name, O_RDONLY));
    SAY(mkdir(name, 0700));
    SAY(rename(name, "x"));
    SAY(chdir(name));
    SAY(unlink(name));
}

CASE(read_and_write_errors)
{
    char c;
    SAY(read(-1, &c, 1));
    SAY(write(99, &c, 1));
    SAY(read(0, (void *)1, 1));
    int fd = open("/etc/passwd", O_RDONLY);
    SAY(write(fd, &c, 1));
    SAY(pread(fd, &c, 1, -1));
    SAY(pwrite(fd, &c, 1, 0));
    SAY(readv(fd, NULL, -1));
    SAY(writev(-1, NULL, 0));
    SAY(read(open("/", O_RDONLY), &c, 1));
    SAY(pread(fd, (void *)1, 10, 0));
}

CASE(write_to_a_full_device)
{
    int fd = open("/dev/full", O_WRONLY);
    SAY(write(fd, "x", 1));
    SAY(write(fd, "", 0));
}

CASE(bytes_arrive_as_written)
{
    char text[300];
    struct iovec parts[3] = {{"one ", 4}, {"two ", 4}, {"three", 5}};
    int fd = open("file", O_RDWR | O_CREAT, 0600);
    SAY(writev(fd, parts, 3));
    SAY(pwrite(fd, "ONE", 3, 0));
    SAY(pread(fd, text, 13, 0));
    printf("%.13s\n", text);
    SAY(lseek(fd, 0, SEEK_SET));
    struct iovec in[2] = {{text + 100, 2}, {text, 50}};
    SAY(readv(fd, in, 2));
    SAY(preadv(fd, in, 2, 4));
    SAY(pwritev(fd, parts, 3, 100));
    SAY(read(fd, text, sizeof text));
}

CASE(dup_and_its_kin)
{
    int fd = open("/dev/null", O_RDWR);
    SAY(dup(fd));
    SAY(dup2(fd, 7));
    SAY(dup2(fd, fd));
    SAY(dup2(99, 7));
    SAY(dup3(fd, 9, O_CLOEXEC));
    SAY(dup3(fd, fd, 0));
    SAY(fcntl(fd, F_DUPFD, 20));
    SAY(fcntl(fd, F_DUPFD_CLOEXEC, 20));
    SAY(fcntl(fd, F_DUPFD, 1 << 30));
    SAY(dup(-1));
    say_descriptors();
}

CASE(close_and_its_kin)
{
    for (int i = 0; i < 10; i++)
        open("/dev/null", O_RDONLY);
    SAY(close(5));
    SAY(close(5));
    SAY(close(-1));
    SAY(close_range(6, 8, 0));
    SAY(close_range(9, 2, 0));
    say_descriptors();
    closefrom(4);
    say_descriptors();
}

CASE(close_everything_and_go_on)
{
    int out = dup(1);
    for (int fd = 0; fd < 1024; fd++)
        if (fd != out)
            close(fd);
    int first = open("/dev/null", O_RDWR), second = open("/dev/null", O_RDWR);
    dprintf(out, "%d %d\n", first, second);
    for (int i = 0; i < 5000; i++)
        write(first, "x", 1);
    dprintf(out, "%d\n", open("/dev/null", O_RDWR));
}

CASE(many_descriptors)
{
    struct rlimit limit = {1024, 1024};
    setrlimit(RLIMIT_NOFILE, &limit);
    int last = -1, fd;
    while ((fd = open("/dev/null", O_WRONLY)) >= 0) {
        last = fd;
        write(fd, "x", 1);
    }
    printf("%d %s\n", last, strerrorname_np(errno));
    SAY(close(last));
    SAY(open("/dev/null", O_RDONLY));
}

CASE(pipes)
{
    int fds[2];
    char c;
    SAY(pipe(fds));
    printf("%d %d\n", fds[0], fds[1]);
    SAY(write(fds[1], "a", 1));
    SAY(read(fds[0], &c, 1));
    SAY(pipe2(fds, O_NONBLOCK | O_CLOEXEC));
    SAY(read(fds[0], &c, 1));
    SAY(pipe2(fds, -1));
    SAY(pipe((int *)1));
    say_descriptors();
}

CASE(a_pipe_without_reader)
{
    int fds[2];
    signal(SIGPIPE, SIG_IGN);
    pipe(fds);
    close(fds[0]);
    SAY(write(fds[1], "a", 1));
    signal(SIGPIPE, SIG_DFL);
    if (fork() == 0)
        write(fds[1], "a", 1);
    else
        say_end("writer", -1);
}

CASE(sockets)
{
    int fds[2];
    char c;
    struct sockaddr_un name = {AF_UNIX, "nobody-listens"};
    SAY(socketpair(AF_UNIX, SOCK_STREAM, 0, fds));
    SAY(send(fds[0], "x", 1, 0));
    SAY(recv(fds[1], &c, 1, 0));
    SAY(socketpair(AF_INET, SOCK_STREAM, 0, fds));
    int s = socket(AF_UNIX, SOCK_STREAM, 0);
    SAY(connect(s, (struct sockaddr *)&name, sizeof name));
    SAY(connect(s, NULL, 0));
    SAY(connect(-1, (struct sockaddr *)&name, sizeof name));
    SAY(connect(0, (struct sockaddr *)&name, sizeof name));
}

CASE(names)
{
    char here[4096];
    SAY(mkdir("folder", 0750));
    SAY(mkdir("folder", 0750));
    SAY(chdir("folder"));
    SAY(mkdirat(AT_FDCWD, "below", 0700));
    SAY(rmdir("below"));
    SAY(rmdir("below"));
    SAY(chdir(".."));
    SAY(rmdir("folder/none"));
    int fd = open("folder", O_RDONLY | O_DIRECTORY);
    SAY(close(openat(fd, "file", O_CREAT | O_WRONLY, 0600)));
    SAY(fchdir(fd));
    SAY(fchdir(99));
    printf("%s\n", strrchr(getcwd(here, sizeof here), '/'));
    SAY(link("file", "hard"));
    SAY(symlink("file", "soft"));
    SAY(symlinkat("x", fd, "soft"));
    SAY(linkat(fd, "file", fd, "hard2", 0));
    SAY(rename("hard", "moved"));
    SAY(rename("hard", "moved"));
    SAY(renameat(fd, "hard2", fd, "moved2"));
    SAY(renameat2(fd, "moved2", fd, "moved", RENAME_NOREPLACE));
    SAY(unlink("soft"));
    SAY(unlink("soft"));
    SAY(unlinkat(fd, "moved", 0));
    SAY(unlinkat(fd, "moved2", AT_REMOVEDIR));
    SAY(remove("moved2"));
    SAY(chdir(".."));
    SAY(rmdir("folder"));
    SAY(unlink((char *)1));
    SAY(mkdir((char *)1, 0));
    SAY(rename((char *)1, (char *)1));
}

CASE(temporary_files)
{
    char a[] = "aXXXXXX", b[] = "bXXXXXX.txt", c[] = "cXXXXXX", bad[] = "short";
    SAY(mkstemp(a));
    SAY(mkostemps(b, 4, O_APPEND));
    printf("%d\n", (fcntl(4, F_GETFL) & O_APPEND) != 0);
    SAY(mkdtemp(c) == c);
    SAY(mkstemp(bad));
    SAY(mkdtemp(bad) == NULL);
    SAY(unlink(a) + unlink(b) + rmdir(c));
}

CASE(removed_working_directory)
{
    mkdir("gone", 0700);
    chdir("gone");
    rmdir("../gone");
    SAY(open("x", O_RDONLY));
    SAY(open("x", O_CREAT | O_WRONLY, 0600));
    SAY(mkdir("y", 0700));
    SAY(open("/dev/null", O_RDONLY));
}

CASE(fcntl_forms)
{
    struct flock lock = {.l_type = F_WRLCK, .l_whence = SEEK_SET, .l_len = 1};
    int fd = open("locked", O_RDWR | O_CREAT, 0600);
    SAY(fcntl(fd, F_GETFD));
    SAY(fcntl(fd, F_SETFD, FD_CLOEXEC));
    SAY(fcntl(fd, F_GETFD));
    SAY(fcntl(fd, F_SETFL, O_NONBLOCK));
    SAY((fcntl(fd, F_GETFL) & O_NONBLOCK) != 0);
    SAY(fcntl(fd, F_SETLK, &lock));
    SAY(fcntl(fd, F_GETLK, &lock));
    SAY(fcntl(fd, 9999));
    SAY(fcntl(99, F_GETFD));
}

CASE(file_size_limit)
{
    struct rlimit limit = {8192, 8192};
    signal(SIGXFSZ, SIG_IGN);
    setrlimit(RLIMIT_FSIZE, &limit);
    static char text[10000];
    int fd = open("limited", O_WRONLY | O_CREAT, 0600);
    SAY(write(fd, text, sizeof text));
    SAY(write(fd, text, sizeof text));
    for (int i = 0; i < 20000; i++)
        open("/dev/null/x", O_RDONLY);
    signal(SIGXFSZ, SIG_DFL);
    if (fork() == 0)
        write(fd, text, sizeof text);
    else
        say_end("beyond the limit", -1);
}

CASE(mapped_file)
{
    int fd = open("mapped", O_RDWR | O_CREAT, 0600);
    ftruncate(fd, 4096);
    char *p = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    strcpy(p, "through the mapping");
    char text[20] = "";
    pread(fd, text, 19, 0);
    puts(text);
}

CASE(mmap_and_mmap64_are_one) { SAY(dlsym(RTLD_DEFAULT, "mmap") == dlsym(RTLD_DEFAULT, "mmap64")); }
