#include "grader/formula.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/mem.h"
#include "sim/base/nearest.h"
#include "sim/base/num.h"
#include "sim/base/text.h"

static const struct function {
    const char *name;
    enum formula_kind kind;
    bool takes_many;
} functions[] = {
    {"min", FORMULA_MIN, true},      {"max", FORMULA_MAX, true},    {"abs", FORMULA_ABS, false},
    {"floor", FORMULA_FLOOR, false}, {"ceil", FORMULA_CEIL, false}, {"exp", FORMULA_EXP, false},
    {"sqrt", FORMULA_SQRT, false},   {"log", FORMULA_LOG, false},
};

struct parser {
    const char *text;
    size_t len;
    size_t at;
    size_t depth;
    size_t stack; /* values on the machine's stack after the last op */
    const char *const *names;
    size_t n_names;
    struct formula *out;
    struct formula_fault *fault;
};

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

bool formula_is_name(const char *text, size_t len)
{
    for (size_t i = 0; i < len; i++) {
        if (!is_letter(text[i]) && !(i && is_digit(text[i])))
            return false;
    }
    return len > 0;
}

static const struct function *function_called(const char *text, size_t len)
{
    for (size_t i = 0; i < COUNT_OF(functions); i++) {
        if (strlen(functions[i].name) == len && memcmp(functions[i].name, text, len) == 0)
            return &functions[i];
    }
    return NULL;
}

bool formula_is_function(const char *text, size_t len)
{
    return function_called(text, len) != NULL;
}

/* Always false, so that failing is one line. */
PRINTF(4, 5)
static bool fail(struct parser *p, size_t at, size_t len, const char *fmt, ...)
{
    p->fault->at = at;
    p->fault->len = len ? len : 1;
    va_list ap;
    va_start(ap, fmt);
    vsnprintf(p->fault->why, sizeof(p->fault->why), fmt, ap);
    va_end(ap);
    return false;
}

PRINTF(2, 3) static bool fix(struct parser *p, const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    vsnprintf(p->fault->fix, sizeof(p->fault->fix), fmt, ap);
    va_end(ap);
    return false;
}

static char peek(struct parser *p)
{
    while (p->at < p->len && p->text[p->at] && strchr(" \t\r\n", p->text[p->at]))
        p->at++;
    if (p->at < p->len)
        return p->text[p->at];
    return '\0';
}

static size_t word_length(const struct parser *p)
{
    size_t n = 0;
    while (p->at + n < p->len && (is_letter(p->text[p->at + n]) || is_digit(p->text[p->at + n])))
        n++;
    return n;
}

/* Add an op, and keep count of the values that are on the stack after it. */
static void emit(struct parser *p, struct formula_op op)
{
    struct formula *f = p->out;
    f->ops[f->n_ops++] = op; /* there is room for one a byte */
    if (op.kind == FORMULA_NUMBER || op.kind == FORMULA_NAME)
        p->stack++;
    else if (op.kind < FORMULA_NEGATE)
        p->stack--;
    assert(p->stack && p->stack <= FORMULA_STACK); /* FORMULA_MAX_DEPTH sees to it */
}

static bool parse_sum(struct parser *p);

static bool enter(struct parser *p, size_t at)
{
    if (++p->depth <= FORMULA_MAX_DEPTH)
        return true;
    return fail(p, at, 1, "more than %d levels within one another", FORMULA_MAX_DEPTH);
}

static size_t skip_digits(struct parser *p)
{
    size_t from = p->at;
    while (p->at < p->len && is_digit(p->text[p->at]))
        p->at++;
    return p->at - from;
}

/* 12, 12., .5, 1.5e-3 */
static bool parse_number(struct parser *p)
{
    size_t from = p->at;
    size_t digits = skip_digits(p);
    if (p->at < p->len && p->text[p->at] == '.') {
        p->at++;
        digits += skip_digits(p);
    }
    if (!digits)
        return fail(p, from, 1, "expected a digit before or after '.'");
    if (p->at < p->len && (p->text[p->at] == 'e' || p->text[p->at] == 'E')) {
        p->at++;
        if (p->at < p->len && (p->text[p->at] == '+' || p->text[p->at] == '-'))
            p->at++;
        if (!skip_digits(p))
            return fail(p, from, p->at - from, "a number's exponent has no digits");
    }
    struct formula_op op = {.kind = FORMULA_NUMBER, .at = (unsigned)from};
    if (!num_parse(&op.number, p->text + from, p->at - from))
        return fail(p, from, p->at - from, "the number is too large or too long");
    emit(p, op);
    return true;
}

/* All the names, as far as there is room for them. */
static bool fix_names(struct parser *p)
{
    char *fix_text = p->fault->fix;
    size_t room = sizeof(p->fault->fix);
    size_t n = (size_t)snprintf(fix_text, room, "the names are those under graders (MU-2)");
    for (size_t i = 0; i < p->n_names && n + strlen(p->names[i]) + 3 < room; i++)
        n += (size_t)snprintf(fix_text + n, room - n, "%s%s", i ? ", " : ": ", p->names[i]);
    return false;
}

static bool unknown_name(struct parser *p, size_t at, size_t len)
{
    int shown = (int)(len < 60 ? len : 60);
    if (function_called(p->text + at, len)) {
        fail(p, at, len, "the function '%.*s' has no arguments", shown, p->text + at);
        return fix(p, "write %.*s(...)", shown, p->text + at);
    }
    char *word = mem_slice(p->text + at, len);
    struct nearest near = {.word = word};
    for (size_t i = 0; len > 1 && i < p->n_names; i++) /* one letter is near to any other */
        nearest_try(&near, p->names[i]);
    free(word);
    fail(p, at, len, "'%.*s' is the name of no grader", shown, p->text + at);
    if (near.name)
        return fix(p, "did you mean '%.100s'?", near.name);
    return fix_names(p);
}

static bool parse_name(struct parser *p, size_t len)
{
    const char *word = p->text + p->at;
    for (size_t i = 0; i < p->n_names; i++) {
        if (strlen(p->names[i]) == len && memcmp(p->names[i], word, len) == 0) {
            emit(p, (struct formula_op){.kind = FORMULA_NAME,
                                        .at = (unsigned)p->at,
                                        .name = (unsigned)i,
                                        .len = (unsigned)len});
            p->at += len;
            return true;
        }
    }
    return unknown_name(p, p->at, len);
}

static bool unknown_function(struct parser *p, size_t at, size_t len)
{
    int shown = (int)(len < 60 ? len : 60);
    char *word = mem_slice(p->text + at, len);
    struct nearest near = {.word = word};
    for (size_t i = 0; i < COUNT_OF(functions); i++)
        nearest_try(&near, functions[i].name);
    free(word);
    fail(p, at, len, "there is no function '%.*s'", shown, p->text + at);
    if (near.name)
        return fix(p, "did you mean '%s'?", near.name);
    return fix(p, "functions are min max abs floor ceil exp sqrt log (MU-4)");
}

/* min(a, b, c): each argument after the first is compared at once, so the stack stays low. */
static bool parse_arguments(struct parser *p, const struct function *f, size_t at, size_t open)
{
    size_t n = 0;
    if (peek(p) == ')')
        return fail(p, at, p->at + 1 - at, "%s() needs %s", f->name,
                    f->takes_many ? "an argument or more" : "an argument");
    for (;;) {
        if (!parse_sum(p))
            return false;
        n++;
        if (f->takes_many && n > 1)
            emit(p, (struct formula_op){.kind = f->kind, .at = (unsigned)at});
        char c = peek(p);
        if (c == ')')
            break;
        if (c != ',')
            return fail(p, p->at < p->len ? p->at : open, 1,
                        p->at < p->len ? "expected ',' or ')'" : "this '(' is never closed");
        if (!f->takes_many) {
            fail(p, p->at, 1, "%s() takes one argument", f->name);
            return f->kind == FORMULA_LOG && fix(p, "log is natural: write log(x) / log(base)");
        }
        p->at++;
    }
    p->at++;
    if (!f->takes_many)
        emit(p, (struct formula_op){.kind = f->kind, .at = (unsigned)at});
    return true;
}

static bool parse_word(struct parser *p)
{
    size_t at = p->at;
    size_t len = word_length(p);
    p->at += len;
    if (peek(p) != '(') {
        p->at = at;
        return parse_name(p, len);
    }
    const struct function *f = function_called(p->text + at, len);
    if (!f)
        return unknown_function(p, at, len);
    size_t open = p->at++;
    if (!enter(p, open) || !parse_arguments(p, f, at, open))
        return false;
    p->depth--;
    return true;
}

static bool parse_brackets(struct parser *p)
{
    size_t open = p->at++;
    if (!enter(p, open) || !parse_sum(p))
        return false;
    if (peek(p) != ')')
        return fail(p, p->at < p->len ? p->at : open, 1,
                    p->at < p->len ? "expected an operator or ')'" : "this '(' is never closed");
    p->at++;
    p->depth--;
    return true;
}

/* Something that can start no value. */
static bool unexpected(struct parser *p, const char *wanted)
{
    if (p->at >= p->len) {
        /* the caret under the last character there is */
        size_t last = p->len ? p->len - 1 : 0;
        while (last && strchr(" \t\r\n", p->text[last]))
            last--;
        return fail(p, last, 1, "the formula ends where %s should follow", wanted);
    }
    size_t n = text_sequence(p->text + p->at, p->len - p->at);
    fail(p, p->at, n, "expected %s, found '%.*s'", wanted, (int)(n ? n : 1), p->text + p->at);
    if (p->at && p->text[p->at] == '*' && p->text[p->at - 1] == '*')
        return fix(p, "a power is written ^");
    return false;
}

static bool parse_primary(struct parser *p)
{
    char c = peek(p);
    if (is_digit(c) || c == '.')
        return parse_number(p);
    if (is_letter(c))
        return parse_word(p);
    if (c == '(')
        return parse_brackets(p);
    return unexpected(p, "a number, a name or '('");
}

static bool parse_unary(struct parser *p);

static bool parse_power(struct parser *p)
{
    if (!parse_primary(p))
        return false;
    if (peek(p) != '^')
        return true;
    size_t at = p->at++;
    if (!enter(p, at) || !parse_unary(p))
        return false;
    p->depth--;
    emit(p, (struct formula_op){.kind = FORMULA_POWER, .at = (unsigned)at});
    return true;
}

static bool parse_unary(struct parser *p)
{
    char c = peek(p);
    if (c != '-' && c != '+')
        return parse_power(p);
    size_t at = p->at++;
    if (!enter(p, at) || !parse_unary(p))
        return false;
    p->depth--;
    if (c == '-')
        emit(p, (struct formula_op){.kind = FORMULA_NEGATE, .at = (unsigned)at});
    return true;
}

static bool parse_product(struct parser *p)
{
    if (!parse_unary(p))
        return false;
    for (char c; (c = peek(p)) == '*' || c == '/';) {
        size_t at = p->at++;
        if (!parse_unary(p))
            return false;
        enum formula_kind kind = c == '*' ? FORMULA_MULTIPLY : FORMULA_DIVIDE;
        emit(p, (struct formula_op){.kind = kind, .at = (unsigned)at});
    }
    return true;
}

static bool parse_sum(struct parser *p)
{
    if (!parse_product(p))
        return false;
    for (char c; (c = peek(p)) == '+' || c == '-';) {
        size_t at = p->at++;
        if (!parse_product(p))
            return false;
        enum formula_kind kind = c == '+' ? FORMULA_ADD : FORMULA_SUBTRACT;
        emit(p, (struct formula_op){.kind = kind, .at = (unsigned)at});
    }
    return true;
}

static bool is_condition(const struct parser *p)
{
    static const char *const words[] = {"if", "and", "or", "not", "in", "else", "where"};
    size_t len = word_length(p);
    for (size_t i = 0; i < COUNT_OF(words); i++) {
        if (strlen(words[i]) == len && memcmp(words[i], p->text + p->at, len) == 0)
            return true;
    }
    return p->text[p->at] && strchr("<>=!&|?", p->text[p->at]);
}

/* Values side by side are the likeliest thing to follow a whole formula: 2 exact, (a)(b). */
static bool trailing(struct parser *p)
{
    char c = p->text[p->at];
    unexpected(p, "an operator");
    if (is_condition(p))
        return fix(p,
                   "a formula has no conditions: min, max and floor do for some, a python grader "
                   "for all");
    if (is_letter(c) || is_digit(c) || c == '(')
        return fix(p, "a product is written with *");
    if (c != ')' && c != '.')
        return fix(p, "operators are + - * / ^ (MU-4)");
    return false;
}

static bool parse_all(struct parser *p)
{
    if (p->len > FORMULA_MAX_BYTES)
        return fail(p, 0, 1, "the formula has more than %d bytes", FORMULA_MAX_BYTES);
    if (!peek(p) && p->at >= p->len)
        return fail(p, 0, 1, "the formula is empty");
    if (!parse_sum(p))
        return false;
    peek(p);
    return p->at >= p->len || trailing(p);
}

bool formula_parse(struct formula **out, const char *text, size_t len, const char *const *names,
                   size_t n_names, struct formula_fault *fault)
{
    *fault = (struct formula_fault){0};
    struct formula *f = mem_new(sizeof(*f));
    f->ops = mem_array(len <= FORMULA_MAX_BYTES ? len + 1 : 1, sizeof(*f->ops));
    struct parser p = {.text = text, .len = len, .names = names, .n_names = n_names};
    p.out = f;
    p.fault = fault;
    if (!parse_all(&p)) {
        if (!*fault->fix)
            fix(&p, "a formula is made of names, numbers, + - * / ^, brackets and functions, as in "
                    "0.9 * exact + 0.1 * max(a, b)");
        formula_free(f);
        return false;
    }
    *out = f;
    return true;
}
