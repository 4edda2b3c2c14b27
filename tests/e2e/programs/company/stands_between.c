/* Another library that is preloaded: what it does to unlink and write shows in what the program prints. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <string.h>
#include <unistd.h>

int unlink(const char *path)
{
    int (*next)(const char *) = (int (*)(const char *))dlsym(RTLD_NEXT, "unlink");
    if (strstr(path, "forbidden")) {
        errno = EPERM;
        return -1;
    }
    return next(path);
}

ssize_t write(int fd, const void *text, size_t bytes)
{
    ssize_t (*next)(int, const void *, size_t) =
        (ssize_t(*)(int, const void *, size_t))dlsym(RTLD_NEXT, "write");
    return bytes == 7 ? next(fd, "between", 7) : next(fd, text, bytes);
}
