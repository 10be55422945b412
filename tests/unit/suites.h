/* One suite per check_NAME.c, sorted; main.c runs them all. */
#ifndef TESTS_UNIT_SUITES_H
#define TESTS_UNIT_SUITES_H

#include <check.h>

#define SUITES(X)  \
    X(again)       \
    X(batch)       \
    X(bounds)      \
    X(buf)         \
    X(caller)      \
    X(catalog)     \
    X(cells)       \
    X(change)      \
    X(child)       \
    X(clock)       \
    X(cmd)         \
    X(command)     \
    X(compare)     \
    X(convert)     \
    X(correlate)   \
    X(cross)       \
    X(dataset)     \
    X(diag)        \
    X(digest)      \
    X(doc)         \
    X(draw)        \
    X(engine)      \
    X(env)         \
    X(export)      \
    X(facts)       \
    X(fault)       \
    X(file)        \
    X(fixture)     \
    X(forecast)    \
    X(format)      \
    X(formula)     \
    X(grade)       \
    X(grader)      \
    X(head)        \
    X(hist)        \
    X(history_run) \
    X(host)        \
    X(html)        \
    X(interval)    \
    X(job)         \
    X(lab)         \
    X(learned)     \
    X(lines)       \
    X(mend)        \
    X(meter)       \
    X(metrics)     \
    X(model)       \
    X(nearest)     \
    X(num)         \
    X(opt)         \
    X(oracle)      \
    X(paired)      \
    X(places)      \
    X(power)       \
    X(python)      \
    X(queue)       \
    X(random)      \
    X(rate)        \
    X(reading)     \
    X(recall)      \
    X(reply)       \
    X(report)      \
    X(reread)      \
    X(results)     \
    X(retail)      \
    X(returns)     \
    X(rollout)     \
    X(sample)      \
    X(schedule)    \
    X(schema)      \
    X(scores)      \
    X(scripted)    \
    X(secret)      \
    X(shapes)      \
    X(sheet)       \
    X(signal)      \
    X(signals)     \
    X(sockets)     \
    X(spans)       \
    X(stage)       \
    X(stem)        \
    X(store)       \
    X(survey)      \
    X(tally)       \
    X(tape)        \
    X(template)    \
    X(tensorboard) \
    X(text)        \
    X(timers)      \
    X(tool)        \
    X(toolbox)     \
    X(translate)   \
    X(update)      \
    X(verdict)     \
    X(words)

#define X(name) Suite *name##_suite(void);
SUITES(X)
#undef X

#endif
