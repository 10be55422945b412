#include "sim/job/doc_plain.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/mem.h"

static bool is_one_of(const char *text, size_t len, const char *const *words)
{
    for (; *words; words++) {
        if (strlen(*words) == len && memcmp(*words, text, len) == 0)
            return true;
    }
    return false;
}

static size_t digits(const char *text, size_t len)
{
    size_t n = 0;
    while (n < len && text[n] >= '0' && text[n] <= '9')
        n++;
    return n;
}

/* [-+]? ( \. [0-9]+ | [0-9]+ ( \. [0-9]* )? ) ( [eE] [-+]? [0-9]+ )?   `whole`: no \. and no [eE]
 */
static bool is_decimal(const char *text, size_t len, bool *whole)
{
    size_t i = len && (*text == '-' || *text == '+');
    size_t before = digits(text + i, len - i);
    i += before;
    *whole = i == len;
    if (i < len && text[i] == '.') {
        size_t after = digits(text + i + 1, len - i - 1);
        i += 1 + after;
        before += after;
    }
    if (before == 0)
        return false;
    if (i < len && (text[i] == 'e' || text[i] == 'E')) {
        i++;
        i += i < len && (text[i] == '-' || text[i] == '+');
        size_t exponent = digits(text + i, len - i);
        if (exponent == 0)
            return false;
        i += exponent;
    }
    return i == len;
}

/* Whole numbers that 64 bits cannot hold become reals, as in JSON. NULL if no double can. */
static json_t *decimal(const char *text, size_t len, bool whole)
{
    json_t *number = NULL;
    char *copy = mem_slice(text, len);
    if (whole) {
        errno = 0;
        long long value = strtoll(copy, NULL, 10);
        if (!errno)
            number = json_integer(value);
    }
    if (!number)
        number = json_real(strtod(copy, NULL)); /* NULL for infinity */
    free(copy);
    return number;
}

/* 0o17 and 0xff; NULL if it is neither, or too large for an integer. */
static json_t *other_base(const char *text, size_t len)
{
    bool octal = len > 2 && memcmp(text, "0o", 2) == 0;
    bool hex = len > 2 && memcmp(text, "0x", 2) == 0;
    if ((!octal && !hex) || len > 24)
        return NULL;
    char copy[32] = {0};
    memcpy(copy, text + 2, len - 2);
    if (strspn(copy, octal ? "01234567" : "0123456789abcdefABCDEF") != len - 2)
        return NULL;
    errno = 0;
    long long value = strtoll(copy, NULL, octal ? 8 : 16);
    return errno ? NULL : json_integer(value);
}

json_t *doc_plain(const char *text, size_t len)
{
    static const char *const nulls[] = {"", "~", "null", "Null", "NULL", NULL};
    static const char *const trues[] = {"true", "True", "TRUE", NULL};
    static const char *const falses[] = {"false", "False", "FALSE", NULL};
    static const char *const lacking[] = {".inf",  ".Inf",  ".INF",  "+.inf", "+.Inf",
                                          "+.INF", "-.inf", "-.Inf", "-.INF", ".nan",
                                          ".NaN",  ".NAN",  NULL};
    bool whole = false;
    if (is_one_of(text, len, nulls))
        return json_null();
    if (is_one_of(text, len, trues))
        return json_true();
    if (is_one_of(text, len, falses))
        return json_false();
    if (is_one_of(text, len, lacking))
        return NULL;
    if (is_decimal(text, len, &whole))
        return decimal(text, len, whole);
    json_t *number = other_base(text, len);
    return number ? number : json_stringn(text, len);
}
