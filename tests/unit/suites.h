/* One suite per check_NAME.c, sorted; main.c runs them all. */
#ifndef TESTS_UNIT_SUITES_H
#define TESTS_UNIT_SUITES_H

#include <check.h>

#define SUITES(X) \
    X(buf)        \
    X(diag)       \
    X(doc)        \
    X(env)        \
    X(job)        \
    X(nearest)    \
    X(num)        \
    X(schedule)   \
    X(secret)     \
    X(tape)

#define X(name) Suite *name##_suite(void);
SUITES(X)
#undef X

#endif
