#include "sim/base/files.h"

#include <sys/resource.h>

enum err_code files_allow(size_t n, struct err *e)
{
    struct rlimit limit;
    if (getrlimit(RLIMIT_NOFILE, &limit) != 0)
        return err_sys(e, "the limit of open files");
    limit.rlim_cur = limit.rlim_max;
    if (setrlimit(RLIMIT_NOFILE, &limit) != 0)
        return err_sys(e, "the limit of open files");
    if (limit.rlim_max >= n)
        return ERR_OK;
    err_set(e, ERR_IO, "%zu open files are needed and %llu are allowed", n,
            (unsigned long long)limit.rlim_max);
    return err_fix(e, "raise the limit (ulimit -n), or lower --concurrency");
}
