/* Any two lines as a JSON Schema and a value: what is told of the schema has its place on the tape,
 * the same each time and no more than is promised; one without errors takes or refuses the value,
 * with a reason, in bounded time. The first byte chooses the flags. */
#include <string.h>

#include "sim/base/text.h"
#include "sim/job/schema.h"
#include "tests/fuzz/fuzz.h"
#include "tests/fuzz/must.h"

struct told {
    const struct tape *tape;
    size_t n;
    size_t n_errors;
    size_t sum; /* of all that was told, to compare by */
};

static void must_be_line(const char *text)
{
    size_t len = strlen(text);
    must(len > 0, "there are words");
    for (size_t i = 0; i < len;) {
        size_t n = text_sequence(text + i, len - i);
        must(n > 0 && text[i] != '\n', "words are a line of UTF-8");
        i += n;
    }
}

static void on_fault(void *arg, const struct schema_fault *fault)
{
    struct told *told = arg;
    must(fault->at < told->tape->n, "a fault has its place");
    must(!fault->key || tape_kind(told->tape, fault->at) == TAPE_STRING, "a key is a string");
    must_be_line(fault->text);
    if (fault->fix)
        must_be_line(fault->fix);
    told->n++;
    told->n_errors += fault->severity == DIAG_ERROR;
    for (const char *c = fault->text; *c; c++)
        told->sum = told->sum * 31 + (unsigned char)*c;
    told->sum += fault->at * 7 + fault->code;
}

static size_t check(const struct schema *s, unsigned flags, struct told *told)
{
    *told = (struct told){.tape = s->tape};
    size_t n = schema_check(s, flags, on_fault, told);
    must(told->n_errors <= SCHEMA_MAX_FAULTS && told->n - told->n_errors <= SCHEMA_MAX_FAULTS,
         "no more is told than is promised");
    must(!n == !told->n_errors, "errors are counted as they are told");
    return n;
}

static void check_value(const struct schema *s, const char *text, size_t len)
{
    struct tape value = {0};
    struct tape_fault fault;
    struct schema_miss one;
    struct schema_miss two;
    if (tape_scan(&value, text, len, &fault)) {
        bool fits = schema_fits(s, &value, 0, &one);
        must(fits == schema_fits(s, &value, 0, &two), "it fits twice or never");
        must(fits || one.at < value.n, "what does not fit has its place");
        if (!fits)
            must_be_line(one.text);
    }
    tape_release(&value);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct tape tape = {0};
    struct tape_fault fault;
    const char *text = (const char *)data;
    if (size < 2)
        return 0;
    unsigned flags = data[0] & (SCHEMA_STRICT | SCHEMA_PARAMETERS | SCHEMA_TESTED);
    const char *end = memchr(text + 1, '\n', size - 1);
    size_t len = end ? (size_t)(end - text - 1) : size - 1;
    if (tape_scan(&tape, text + 1, len, &fault)) {
        struct schema s = {&tape, 0};
        struct told one;
        struct told two;
        size_t n = check(&s, flags, &one);
        must(n == check(&s, flags, &two) && one.n == two.n && one.sum == two.sum,
             "the same is told each time");
        if (!n && end)
            check_value(&s, end + 1, size - len - 2);
    }
    tape_release(&tape);
    return 0;
}
