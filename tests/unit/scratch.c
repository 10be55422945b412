#include "tests/unit/scratch.h"

#include <check.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "sim/base/mem.h"

static struct {
    int back; /* the directory to return to */
    char *path;
} here = {.back = -1};

void scratch_enter(void)
{
    const char *tmp = getenv("TMPDIR");
    here.back = open(".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    ck_assert_int_ge(here.back, 0);
    here.path = mem_printf("%s/rftsim-unit-XXXXXX", tmp && *tmp ? tmp : "/tmp");
    ck_assert_ptr_nonnull(mkdtemp(here.path));
    ck_assert_int_eq(chdir(here.path), 0);
}

static int remove_one(const char *path, const struct stat *st, int kind, struct FTW *where)
{
    (void)st;
    (void)kind;
    (void)where;
    return remove(path);
}

void scratch_leave(void)
{
    ck_assert_int_eq(fchdir(here.back), 0);
    close(here.back);
    nftw(here.path, remove_one, 8, FTW_DEPTH | FTW_PHYS);
    free(here.path);
    here.path = NULL;
    here.back = -1;
}

void scratch_bytes(const char *name, const char *bytes, size_t n)
{
    const char *slash = strchr(name, '/');
    if (slash) {
        char *folder = mem_slice(name, (size_t)(slash - name));
        mkdir(folder, 0700);
        free(folder);
    }
    FILE *file = fopen(name, "we");
    ck_assert_msg(file != NULL, "cannot write %s", name);
    ck_assert_uint_eq(fwrite(bytes, 1, n, file), n);
    ck_assert_int_eq(fclose(file), 0);
}

void scratch_file(const char *name, const char *text)
{
    scratch_bytes(name, text, strlen(text));
}
