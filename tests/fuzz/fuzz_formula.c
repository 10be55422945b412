/* Any bytes as a formula: it is parsed and evaluated, or both say where it is wrong. */
#include <math.h>
#include <string.h>

#include "grader/formula.h"
#include "tests/fuzz/fuzz.h"
#include "tests/fuzz/must.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char *const names[] = {"a", "exact", "_1", "min"};
    static const double values[][4] = {{0, 1, 0.5, -1}, {1e308, -1e308, 5e-324, 0}};
    struct formula_fault fault;
    struct formula *f = NULL;
    if (!formula_parse(&f, (const char *)data, size, names, 4, &fault)) {
        must(*fault.why, "a fault has a reason");
        must(fault.len && fault.at < (size ? size : 1), "a fault has a place in the text");
        must(size <= FORMULA_MAX_BYTES ? fault.at + fault.len <= (size ? size : 1) : true,
             "a fault ends in the text");
        return 0;
    }
    for (size_t i = 0; i < 2; i++) {
        double value = NAN;
        if (formula_eval(&value, f, values[i], &fault))
            must(isfinite(value), "a value is finite");
        else
            must(*fault.why && fault.at < size, "what went wrong has a reason and a place");
    }
    formula_free(f);
    return 0;
}
