/* Writes 4 MiB to a file through io_uring, by bare system calls: uring FILE. Exit status 77: the kernel does
 * not let us. */
#include <fcntl.h>
#include <linux/io_uring.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#define BYTES (4u << 20)

static long bare(long number, long a, long b, long c, long d)
{
    register long fourth __asm__("r10") = d, fifth __asm__("r8") = 0, sixth __asm__("r9") = 0;
    __asm__ volatile("syscall"
                     : "+a"(number)
                     : "D"(a), "S"(b), "d"(c), "r"(fourth), "r"(fifth), "r"(sixth)
                     : "rcx", "r11", "memory");
    return number;
}

int main(int count, char **words)
{
    struct io_uring_params params = {0};
    int ring = (int)bare(SYS_io_uring_setup, 2, (long)&params, 0, 0);
    int file = open(words[count - 1], O_WRONLY | O_CREAT | O_TRUNC, 0600);
    char *data = malloc(BYTES);
    if (ring < 0 || file < 0 || !data)
        return 77;
    memset(data, 'u', BYTES);
    char *queue = mmap(NULL, params.sq_off.array + params.sq_entries * sizeof(unsigned),
                       PROT_READ | PROT_WRITE, MAP_SHARED, ring, IORING_OFF_SQ_RING);
    struct io_uring_sqe *entry = mmap(NULL, params.sq_entries * sizeof *entry, PROT_READ | PROT_WRITE,
                                      MAP_SHARED, ring, IORING_OFF_SQES);
    if (queue == MAP_FAILED || entry == MAP_FAILED)
        return 77;
    *entry = (struct io_uring_sqe){
        .opcode = IORING_OP_WRITE, .fd = file, .addr = (uint64_t)(uintptr_t)data, .len = BYTES};
    *(unsigned *)(queue + params.sq_off.array) = 0;
    __atomic_store_n((unsigned *)(queue + params.sq_off.tail), 1, __ATOMIC_RELEASE);
    if (bare(SYS_io_uring_enter, ring, 1, 1, IORING_ENTER_GETEVENTS) != 1)
        return 77;
    struct timespec pause = {.tv_nsec = 200000000};
    nanosleep(&pause, NULL);
    return 0;
}
