/* The rules of a verdict, one function each. A rule fills a zeroed line; false if the facts do not
 * reach, and then nothing is filled in. */
#ifndef SIM_REPORT_VERDICT_RULES_H
#define SIM_REPORT_VERDICT_RULES_H

#include "sim/report/verdict.h"

#define X(name, id, words, warns, kills) \
    bool rule_##name(const struct facts *f, struct verdict_line *out);
VERDICT_RULES(X)
#undef X

#endif
