// Preloaded into a process, this counts its durable steps over all of its threads and makes one of them go wrong.
//
//     CRASH_TEST_ROOT    files under this folder count
//     CRASH_TEST_PORTS   sockets to these ports count, `389,8080`
//     CRASH_TEST_FAULT   ACTION:KIND:N, the Nth step of that kind from 1; empty counts only
//     CRASH_TEST_LOG     is created when the fault strikes, and at the end holds how often each kind happened
//
// Kinds: `durable` (fsync, fdatasync, a rename, a removal), `send` (bytes handed to a peer), `write` (bytes or a length
// given to a file), `unlock` (a lock between processes is let go of).
// Actions: `kill-before` and `kill-after` end the process as a power cut would, `stop-after` pauses it, `eio` fails
// that one call, `enospc` fails it and all later ones of its kind. A pause takes ten minutes by the process's own
// clocks, however long it took.
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/timerfd.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

enum kind { DURABLE, SEND, WRITE, UNLOCK, KINDS };
static const char *const names[KINDS] = {"durable", "send", "write", "unlock"};

enum action { NOTHING, KILL_BEFORE, KILL_AFTER, STOP_AFTER, EIO_ONCE, ENOSPC_ON };
static const char *const actions[] = {"", "kill-before", "kill-after", "stop-after", "eio", "enospc"};

static atomic_long counts[KINDS];
static atomic_int paused;
// While a pause begins, nobody takes a lock of a database file any more: the pause is to fall between transactions.
static atomic_int pausing;
// Seconds by which the clocks are ahead of the machine's.
static atomic_long slept;
static enum action action;
static enum kind kind;
static long target;
static char root[PATH_MAX];
static size_t root_length;
static int ports[16];
static int port_count;
static char log_path[PATH_MAX];

static void say(const char *text) {
    int descriptor = (int)syscall(SYS_openat, AT_FDCWD, log_path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    if (descriptor < 0) return;
    syscall(SYS_write, descriptor, text, strlen(text));
    syscall(SYS_close, descriptor);
}

__attribute__((constructor)) static void set_up(void) {
    const char *text = getenv("CRASH_TEST_ROOT");
    if (text && realpath(text, root)) root_length = strlen(root);
    if ((text = getenv("CRASH_TEST_LOG"))) snprintf(log_path, sizeof log_path, "%s", text);
    for (text = getenv("CRASH_TEST_PORTS"); text && *text && port_count < 16;) {
        ports[port_count++] = (int)strtol(text, NULL, 10);
        text = strchr(text, ',');
        if (text) text++;
    }
    char wanted[32] = "", of[32] = "";
    text = getenv("CRASH_TEST_FAULT");
    if (!text || sscanf(text, "%31[^:]:%31[^:]:%ld", wanted, of, &target) != 3) return;
    for (int index = 1; index <= ENOSPC_ON; index++) if (!strcmp(wanted, actions[index])) action = (enum action)index;
    for (int index = 0; index < KINDS; index++) if (!strcmp(of, names[index])) kind = (enum kind)index;
}

__attribute__((destructor)) static void report(void) {
    char text[128];
    snprintf(text, sizeof text, "durable=%ld send=%ld write=%ld unlock=%ld\n", counts[DURABLE], counts[SEND],
             counts[WRITE], counts[UNLOCK]);
    say(text);
}

// A step that may go wrong: whether this is it, and with what error it fails.
struct strike { int now; int error; };

static void say_struck(void) {
    char text[48];
    snprintf(text, sizeof text, "struck %ld\n", syscall(SYS_getpid));
    say(text);
}

static void die(void) {
    say_struck();
    syscall(SYS_kill, syscall(SYS_getpid), SIGKILL);
    for (;;) pause();
}

static struct strike before(enum kind of) {
    struct strike strike = {0, 0};
    long number = atomic_fetch_add(&counts[of], 1) + 1;
    if (action == NOTHING || of != kind) return strike;
    strike.now = number == target;
    if (strike.now && action == KILL_BEFORE) die();
    if (strike.now && action == EIO_ONCE) { say_struck(); strike.error = EIO; }
    if (number >= target && action == ENOSPC_ON) { if (strike.now) say_struck(); strike.error = ENOSPC; }
    return strike;
}

static void after(struct strike strike) {
    if (!strike.now) return;
    int error = errno;
    if (action == KILL_AFTER) die();
    if (action == STOP_AFTER && !atomic_exchange(&paused, 1)) {
        atomic_store(&pausing, 1);
        // A transaction that is under way gets the time to end.
        usleep(100000);
        say_struck();
        // To this thread: it stands still from here on. One sent to the process is taken by any of its threads, some time.
        syscall(SYS_tgkill, syscall(SYS_getpid), syscall(SYS_gettid), SIGSTOP);
        atomic_store(&slept, 600);
        atomic_store(&pausing, 0);
    }
    errno = error;
}

static int is_own_path(const char *path) {
    return root_length && !strncmp(path, root, root_length) && (path[root_length] == '/' || !path[root_length]);
}

static int is_own_file(int descriptor) {
    char link[64], path[PATH_MAX];
    snprintf(link, sizeof link, "/proc/self/fd/%d", descriptor);
    ssize_t length = readlink(link, path, sizeof path - 1);
    if (length <= 0) return 0;
    path[length] = 0;
    return is_own_path(path);
}

static int is_peer(int descriptor) {
    union { struct sockaddr any; struct sockaddr_in v4; struct sockaddr_in6 v6; } peer;
    socklen_t length = sizeof peer;
    if (!port_count || getpeername(descriptor, &peer.any, &length)) return 0;
    int port = peer.any.sa_family == AF_INET ? ntohs(peer.v4.sin_port)
        : peer.any.sa_family == AF_INET6 ? ntohs(peer.v6.sin6_port) : 0;
    for (int index = 0; index < port_count; index++) if (ports[index] == port) return 1;
    return 0;
}

// KINDS for what does not count.
static enum kind kind_of_write(int descriptor) {
    int error = errno;
    struct stat status;
    enum kind found = KINDS;
    if (!fstat(descriptor, &status)) {
        if (S_ISREG(status.st_mode) && is_own_file(descriptor)) found = WRITE;
        if (S_ISSOCK(status.st_mode) && is_peer(descriptor)) found = SEND;
    }
    errno = error;
    return found;
}

#define REAL(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))

#define AROUND(type, of, call)                                         \
    enum kind counted = (of);                                          \
    if (counted == KINDS) return (call);                               \
    struct strike strike = before(counted);                            \
    if (strike.error) { errno = strike.error; return (type)-1; }       \
    type result = (call);                                              \
    after(strike);                                                     \
    return result;

int fsync(int fd) { AROUND(int, is_own_file(fd) ? DURABLE : KINDS, REAL(fsync)(fd)) }
int fdatasync(int fd) { AROUND(int, is_own_file(fd) ? DURABLE : KINDS, REAL(fdatasync)(fd)) }
int rename(const char *from, const char *to) { AROUND(int, is_own_path(to) ? DURABLE : KINDS, REAL(rename)(from, to)) }
int unlink(const char *path) { AROUND(int, is_own_path(path) ? DURABLE : KINDS, REAL(unlink)(path)) }

ssize_t write(int fd, const void *bytes, size_t count) {
    AROUND(ssize_t, kind_of_write(fd), syscall(SYS_write, fd, bytes, count))
}
ssize_t pwrite(int fd, const void *bytes, size_t count, off_t offset) {
    AROUND(ssize_t, kind_of_write(fd), syscall(SYS_pwrite64, fd, bytes, count, offset))
}
ssize_t pwrite64(int fd, const void *bytes, size_t count, off64_t offset) {
    AROUND(ssize_t, kind_of_write(fd), syscall(SYS_pwrite64, fd, bytes, count, offset))
}
ssize_t writev(int fd, const struct iovec *parts, int count) {
    AROUND(ssize_t, kind_of_write(fd), syscall(SYS_writev, fd, parts, count))
}
int ftruncate(int fd, off_t length) { AROUND(int, kind_of_write(fd), (int)syscall(SYS_ftruncate, fd, length)) }
int ftruncate64(int fd, off64_t length) { AROUND(int, kind_of_write(fd), (int)syscall(SYS_ftruncate, fd, length)) }
int posix_fallocate(int fd, off_t offset, off_t length) {
    enum kind counted = kind_of_write(fd);
    struct strike strike = {0, 0};
    if (counted != KINDS) strike = before(counted);
    if (strike.error) return strike.error;
    int result = REAL(posix_fallocate)(fd, offset, length);
    if (counted != KINDS) after(strike);
    return result;
}
ssize_t send(int fd, const void *bytes, size_t count, int flags) {
    AROUND(ssize_t, kind_of_write(fd), REAL(send)(fd, bytes, count, flags))
}
ssize_t sendto(int fd, const void *bytes, size_t count, int flags, const struct sockaddr *to, socklen_t length) {
    AROUND(ssize_t, kind_of_write(fd), REAL(sendto)(fd, bytes, count, flags, to, length))
}
ssize_t sendmsg(int fd, const struct msghdr *message, int flags) {
    AROUND(ssize_t, kind_of_write(fd), REAL(sendmsg)(fd, message, flags))
}
int flock(int fd, int operation) {
    AROUND(int, operation == LOCK_UN && is_own_file(fd) ? UNLOCK : KINDS, REAL(flock)(fd, operation))
}

static int locking(int fd, int command, void *argument) {
    if (command == F_SETLK || command == F_SETLKW) {
        const struct flock *lock = argument;
        while (lock->l_type != F_UNLCK && atomic_load(&pausing)) usleep(1000);
    }
    return (int)syscall(SYS_fcntl, fd, command, argument);
}
int fcntl(int fd, int command, ...) {
    va_list list;
    va_start(list, command);
    void *argument = va_arg(list, void *);
    va_end(list);
    return locking(fd, command, argument);
}
int fcntl64(int fd, int command, ...) {
    va_list list;
    va_start(list, command);
    void *argument = va_arg(list, void *);
    va_end(list);
    return locking(fd, command, argument);
}

int clock_gettime(clockid_t clock, struct timespec *time) {
    int result = (int)syscall(SYS_clock_gettime, clock, time);
    int is_wall = clock != CLOCK_PROCESS_CPUTIME_ID && clock != CLOCK_THREAD_CPUTIME_ID;
    if (!result && is_wall) time->tv_sec += atomic_load(&slept);
    return result;
}
int gettimeofday(struct timeval *restrict time, void *restrict zone) {
    int result = (int)syscall(SYS_gettimeofday, time, zone);
    if (!result) time->tv_sec += atomic_load(&slept);
    return result;
}
// The kernel's clock has not moved: a moment of the process's is an earlier one there.
int timerfd_settime(int fd, int flags, const struct itimerspec *wanted, struct itimerspec *before) {
    struct itimerspec moved = *wanted;
    long ahead = atomic_load(&slept);
    if ((flags & TFD_TIMER_ABSTIME) && moved.it_value.tv_sec > ahead) moved.it_value.tv_sec -= ahead;
    return (int)syscall(SYS_timerfd_settime, fd, flags, &moved, before);
}
