/*
 * Runs a program and kills it (SIGKILL) just before the N-th time it changes
 * the file system: creates, writes, syncs, renames or removes a file. So every
 * point at which a crash could leave something half done is reached, one after
 * the other. Usage: kill_at N PROGRAM [ARGUMENT...]
 *
 * Exit status: 0 it was killed there, 1 it ended before, 64 and up our own trouble.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <unistd.h>

/* Of linux/ptrace.h, which does not go with sys/ptrace.h. */
struct syscall_info {
    uint8_t op;
    uint8_t pad[3];
    uint32_t arch;
    uint64_t instruction_pointer, stack_pointer;
    uint64_t nr, args[6];
};
#define GET_SYSCALL_INFO 0x420e
#define INFO_ENTRY 1

static bool changes_files(const struct syscall_info *i)
{
    switch (i->nr) {
#ifdef SYS_open
    case SYS_open:
        return (i->args[1] & O_CREAT) != 0;
#endif
#ifdef SYS_rename
    case SYS_rename:
    case SYS_unlink:
        return true;
#endif
    case SYS_openat:
        return (i->args[2] & O_CREAT) != 0;
    case SYS_write:
        return i->args[0] > 2; /* not what it says */
    case SYS_fsync:
    case SYS_renameat:
    case SYS_renameat2:
    case SYS_unlinkat:
        return true;
    default:
        return false;
    }
}

static int fail(const char *what)
{
    perror(what);
    return 70;
}

static int watch(pid_t child, long left)
{
    int status;
    if (waitpid(child, &status, 0) != child || !WIFSTOPPED(status)) {
        return fail("exec");
    }
    (void)ptrace(PTRACE_SETOPTIONS, child, 0L, PTRACE_O_TRACESYSGOOD | PTRACE_O_EXITKILL);
    for (;;) {
        if (ptrace(PTRACE_SYSCALL, child, 0L, 0L) != 0 || waitpid(child, &status, 0) != child) {
            return fail("ptrace");
        }
        if (WIFEXITED(status) || WIFSIGNALED(status)) {
            return 1;
        }
        struct syscall_info info = {0};
        if (WSTOPSIG(status) != (SIGTRAP | 0x80) ||
            ptrace((enum __ptrace_request)GET_SYSCALL_INFO, child, sizeof info, &info) <= 0) {
            continue;
        }
        if (info.op == INFO_ENTRY && changes_files(&info) && --left == 0) {
            (void)kill(child, SIGKILL);
            (void)waitpid(child, &status, 0);
            return 0;
        }
    }
}

int main(int argc, char **argv)
{
    long n = argc > 2 ? strtol(argv[1], NULL, 10) : 0;
    if (n < 1) {
        (void)fprintf(stderr, "usage: kill_at N PROGRAM [ARGUMENT...]\n");
        return 64;
    }
    pid_t child = fork();
    if (child == 0) {
        if (ptrace(PTRACE_TRACEME, 0, 0L, 0L) == 0) {
            (void)execv(argv[2], argv + 2);
        }
        _exit(127);
    }
    return child > 0 ? watch(child, n) : fail("fork");
}
