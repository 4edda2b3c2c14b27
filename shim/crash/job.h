/* What a crashing process and the helper that reads its stack say to each other.
 *
 * The helper is started as `vlshim-unwind PID ADDRESS`, both hexadecimal: where a struct crash_job lies in
 * that process. It reads it and writes its answer back into it (process_vm_readv, process_vm_writev); nothing
 * else passes between them. Both come from one build; `bytes` tells when they do not. */
#ifndef SHIM_CRASH_JOB_H
#define SHIM_CRASH_JOB_H

#include <stdint.h>

#define CRASH_HELPER       "vlshim-unwind"
#define CRASH_FRAMES       100
#define CRASH_PYTHON_BYTES 8192

#if defined(__x86_64__)
#define CRASH_REGISTERS 17 /* DWARF's numbers: rax rdx rcx rbx rsi rdi rbp rsp r8-r15 rip */
#define CRASH_FP        6
#define CRASH_SP        7
#define CRASH_IP        16
#elif defined(__aarch64__)
#define CRASH_REGISTERS 33 /* x0-x30 sp pc */
#define CRASH_FP        29
#define CRASH_SP        31
#define CRASH_IP        32
#endif

struct crash_frame {
    uint64_t ip;
    uint64_t exact; /* 1: the instruction that was running; 0: where a call returns to */
};

struct crash_job {
    /* asked */
    uint32_t bytes;          /* sizeof this */
    uint32_t python_version; /* 0x030b: 3.11; 0: no interpreter was found */
    uint64_t python_runtime; /* address of its _PyRuntime */
    uint64_t thread;         /* pthread_self() */
    uint64_t registers[CRASH_REGISTERS];
    /* answered; a count is written after what it counts */
    uint32_t frame_count;
    uint32_t frames_cut; /* 1: there are more */
    uint32_t python_bytes;
    uint32_t spare;
    struct crash_frame frames[CRASH_FRAMES]; /* innermost first */
    char python[CRASH_PYTHON_BYTES];         /* lines, innermost first */
};

#endif
