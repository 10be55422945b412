/* One suite per check_NAME.c, sorted; main.c runs them all. */
#ifndef TESTS_UNIT_SUITES_H
#define TESTS_UNIT_SUITES_H

#include <check.h>

#define SUITES(X) \
    X(buf)        \
    X(dataset)    \
    X(diag)       \
    X(num)        \
    X(tape)

#define X(name) Suite *name##_suite(void);
SUITES(X)
#undef X

#endif
