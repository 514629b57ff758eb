#include <errno.h>
#include <fcntl.h>
#include <sys/resource.h>
#include <unistd.h>
#if defined(__linux__)
#include <sys/prctl.h>
#endif

// The memory of this process goes into no core file, and no other process of its user reads it. Zero, or the number of an
// error. One of the two has variable arguments, the other a type that depends on the library; Swift calls neither.
static inline int tenure_forbid_dumps(void) {
    struct rlimit none = {0, 0};
    if (setrlimit(RLIMIT_CORE, &none) != 0) return errno;
#if defined(__linux__)
    if (prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) != 0) return errno;
#endif
    return 0;
}

// A pipe that no program inherits, also one that another thread starts at this very moment. Zero, or the number of an error.
// The C library has it under a name that Swift does not see.
#if defined(__linux__)
extern int pipe2(int ends[2], int flags);
#endif
static inline int tenure_make_pipe(int ends[2]) {
#if defined(__linux__)
    return pipe2(ends, O_CLOEXEC) == 0 ? 0 : errno;
#else
    if (pipe(ends) != 0) return errno;
    fcntl(ends[0], F_SETFD, FD_CLOEXEC);
    fcntl(ends[1], F_SETFD, FD_CLOEXEC);
    return 0;
#endif
}
