/* Preloaded into a node: writes or syncs of files below FAILING_DEVICE_PATH fail with EIO once the file FAILING_DEVICE_ORDER says so.
   Its first letter: s for syncs, w for writes. Without the file everything works. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/uio.h>
#include <unistd.h>

static int ordered(char what) {
    const char *order = getenv("FAILING_DEVICE_ORDER");
    if (order == NULL) return 0;
    int fd = open(order, O_RDONLY);
    if (fd < 0) return 0;
    char letter = 0;
    ssize_t got = read(fd, &letter, 1);
    close(fd);
    return got == 1 && letter == what;
}

static int fails(int fd, char what) {
    const char *path = getenv("FAILING_DEVICE_PATH");
    char link[64];
    char file[4096];
    if (path == NULL) return 0;
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    ssize_t length = readlink(link, file, sizeof file - 1);
    if (length < 0) return 0;
    file[length] = 0;
    return strncmp(file, path, strlen(path)) == 0 && ordered(what);
}

#define REAL(name) __typeof__(&name) real = (__typeof__(&name)) dlsym(RTLD_NEXT, #name)
#define FAIL_IF(fd, what) if (fails(fd, what)) { errno = EIO; return -1; }

int fsync(int fd) { REAL(fsync); FAIL_IF(fd, 's') return real(fd); }
int fdatasync(int fd) { REAL(fdatasync); FAIL_IF(fd, 's') return real(fd); }
ssize_t write(int fd, const void *from, size_t bytes) { REAL(write); FAIL_IF(fd, 'w') return real(fd, from, bytes); }
ssize_t writev(int fd, const struct iovec *from, int count) { REAL(writev); FAIL_IF(fd, 'w') return real(fd, from, count); }
ssize_t pwrite(int fd, const void *from, size_t bytes, off_t at) { REAL(pwrite); FAIL_IF(fd, 'w') return real(fd, from, bytes, at); }
ssize_t pwrite64(int fd, const void *from, size_t bytes, off64_t at) { REAL(pwrite64); FAIL_IF(fd, 'w') return real(fd, from, bytes, at); }
