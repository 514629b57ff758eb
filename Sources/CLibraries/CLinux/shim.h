#include <errno.h>
#include <sys/resource.h>
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
