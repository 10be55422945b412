/* What every target does when something is not so. */
#ifndef TESTS_FUZZ_MUST_H
#define TESTS_FUZZ_MUST_H

#include <fcntl.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

static inline void must(bool ok, const char *what)
{
    if (!ok) {
        fprintf(stderr, "not so: %s\n", what);
        abort();
    }
}

/* A file of these bytes, and in `path` (64 bytes) the name it has while it is open. */
static inline int must_file(char *path, const void *bytes, size_t n)
{
    int fd = memfd_create("fuzz", MFD_CLOEXEC);
    must(fd >= 0 && write(fd, bytes, n) == (ssize_t)n, "there is memory for a file");
    snprintf(path, 64, "/proc/self/fd/%d", fd);
    return fd;
}

#endif
