/* One suite per check_NAME.c, sorted; main.c runs them all. */
#ifndef TESTS_UNIT_SUITES_H
#define TESTS_UNIT_SUITES_H

#include <check.h>

#define SUITES(X) \
    X(batch)      \
    X(buf)        \
    X(caller)     \
    X(catalog)    \
    X(child)      \
    X(cmd)        \
    X(dataset)    \
    X(diag)       \
    X(doc)        \
    X(engine)     \
    X(env)        \
    X(fault)      \
    X(file)       \
    X(fixture)    \
    X(formula)    \
    X(grade)      \
    X(grader)     \
    X(head)       \
    X(hist)       \
    X(host)       \
    X(job)        \
    X(lab)        \
    X(lines)      \
    X(meter)      \
    X(metrics)    \
    X(nearest)    \
    X(num)        \
    X(opt)        \
    X(python)     \
    X(queue)      \
    X(rate)       \
    X(reading)    \
    X(recall)     \
    X(reply)      \
    X(rollout)    \
    X(sample)     \
    X(schedule)   \
    X(scripted)   \
    X(secret)     \
    X(shapes)     \
    X(sockets)    \
    X(spans)      \
    X(stem)       \
    X(survey)     \
    X(tally)      \
    X(tape)       \
    X(template)   \
    X(text)       \
    X(timers)     \
    X(tool)       \
    X(translate)  \
    X(words)

#define X(name) Suite *name##_suite(void);
SUITES(X)
#undef X

#endif
