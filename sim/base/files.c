#include "sim/base/files.h"

#include <sys/resource.h>

size_t files_raise(void)
{
    struct rlimit limit = {0};
    getrlimit(RLIMIT_NOFILE, &limit);
    limit.rlim_cur = limit.rlim_max;
    setrlimit(RLIMIT_NOFILE, &limit);
    getrlimit(RLIMIT_NOFILE, &limit);
    return (size_t)limit.rlim_cur;
}

enum err_code files_allow(size_t n, struct err *e)
{
    size_t allowed = files_raise();
    if (allowed >= n)
        return ERR_OK;
    err_set(e, ERR_IO, "%zu open files are needed and %zu are allowed", n, allowed);
    return err_fix(e, "raise the limit (ulimit -n), or lower --concurrency");
}
