/* The calculator for countdown: evaluate(expression), what it comes to and which numbers it uses.
 *
 * An expression is read as the formula of a multi grader is (grader/formula.h), less what countdown
 * does not allow: names, functions, powers and numbers that are not whole.
 */
#include <string.h>

#include "grader/formula.h"
#include "sim/base/num.h"
#include "tools/demo/argument.h"
#include "tools/demo/endpoint.h"

static enum err_code open_nothing(void **self, const char *path, struct err *e)
{
    (void)path;
    (void)e;
    *self = NULL;
    return ERR_OK;
}

/* The bytes of an expression are counted from 1 for people. */
static unsigned refuse(struct buf *out, size_t at, const char *why)
{
    buf_printf(out, "byte %zu of 'expression': %s", at + 1, why);
    return 400;
}

/* {"value":26,"numbers":[3,7,5]}, the numbers as they stand from left to right. */
static unsigned tell(const struct formula *f, struct buf *out)
{
    struct formula_fault fault;
    char number[NUM_ROOM];
    double value = 0;
    if (!formula_eval(&value, f, NULL, &fault))
        return refuse(out, fault.at, fault.why);
    buf_printf(out, "{\"value\":%s,\"numbers\":[", num_json(number, value));
    const char *comma = "";
    for (size_t i = 0; i < f->n_ops; i++) {
        if (f->ops[i].kind != FORMULA_NUMBER)
            continue;
        buf_printf(out, "%s%s", comma, num_json(number, f->ops[i].number));
        comma = ",";
    }
    buf_text_add(out, "]}");
    return 200;
}

static unsigned answer(void *self, const struct endpoint_call *call, struct buf *out)
{
    (void)self;
    struct buf text = {0};
    struct formula *f = NULL;
    struct formula_fault fault;
    unsigned status = 400;
    if (argument_text(&call->args, "expression", &text, out)) {
        size_t plain = strspn(buf_text(&text), "0123456789+-*/() ");
        if (plain < text.len)
            refuse(out, plain, "only whole numbers, + - * / and brackets");
        else if (formula_parse(&f, buf_text(&text), text.len, NULL, 0, &fault))
            status = tell(f, out);
        else
            refuse(out, fault.at, fault.why);
    }
    formula_free(f);
    buf_release(&text);
    return status;
}

static void close_nothing(void *self)
{
    (void)self;
}

const struct endpoint endpoint_countdown = {
    .name = "countdown",
    .help = "a calculator: evaluate(expression)",
    .tools = {"evaluate"},
    .open = open_nothing,
    .answer = answer,
    .close = close_nothing,
};
