#include "sim/base/num.h"

#include <assert.h>
#include <float.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { DIGITS_ROOM = 20 }; /* 17 at most */

/* Fewest significant digits that survive the round trip, as "d.ddde[+-]xx". The program never
 * calls setlocale(), so the decimal point is a point. */
static void shortest_digits(char out[NUM_ROOM], double value)
{
    /* Every double has 15 good digits, but for the denormal ones. */
    int fewest = fabs(value) < DBL_MIN ? 1 : 15;
    for (int digits = fewest; digits <= 17; digits++) {
        snprintf(out, NUM_ROOM, "%.*e", digits - 1, value);
        if (strtod(out, NULL) == value)
            break;
    }
}

/* Split "-1.2300e-05" into sign, digits without trailing zeros ("123") and exponent (-5). */
static const char *split(const char *text, char digits[DIGITS_ROOM], int *exponent)
{
    const char *sign = *text == '-' ? "-" : "";
    size_t n = 0;
    const char *c = text + (*text == '-');
    for (; *c && *c != 'e'; c++) {
        if (*c != '.' && n < DIGITS_ROOM - 1)
            digits[n++] = *c;
    }
    while (n > 1 && digits[n - 1] == '0')
        n--;
    digits[n] = '\0';
    *exponent = *c == 'e' ? (int)strtol(c + 1, NULL, 10) : 0;
    return sign;
}

static char *with_exponent(char out[NUM_ROOM], const char *sign, const char *digits, int exponent,
                           const char *mark)
{
    snprintf(out, NUM_ROOM, "%s%c%s%s%s%02d", sign, digits[0], digits[1] ? "." : "", digits + 1,
             mark, abs(exponent));
    return out;
}

static char *positional(char out[NUM_ROOM], const char *sign, const char *digits, int exponent)
{
    int n = (int)strlen(digits);
    if (exponent < 0)
        snprintf(out, NUM_ROOM, "%s0.%.*s%s", sign, -exponent - 1, "000", digits);
    else if (n <= exponent + 1)
        snprintf(out, NUM_ROOM, "%s%s%.*s", sign, digits, exponent + 1 - n, "0000000000000000");
    else
        snprintf(out, NUM_ROOM, "%s%.*s.%s", sign, exponent + 1, digits, digits + exponent + 1);
    return out;
}

static char *format(char out[NUM_ROOM], double value, const char *plus, const char *minus)
{
    assert(isfinite(value));
    if (value == 0)
        return memcpy(out, "0", 2);
    char text[NUM_ROOM];
    char digits[DIGITS_ROOM] = "";
    int exponent = 0;
    shortest_digits(text, value);
    const char *sign = split(text, digits, &exponent);
    if (exponent >= 15 || exponent < -4)
        return with_exponent(out, sign, digits, exponent, exponent < 0 ? minus : plus);
    return positional(out, sign, digits, exponent);
}

char *num_shortest(char out[NUM_ROOM], double value)
{
    return format(out, value, "E+", "E-");
}

char *num_json(char out[NUM_ROOM], double value)
{
    return format(out, value, "e", "e-");
}

bool num_parse(double *out, const char *text, size_t len)
{
    char copy[64];
    if (len == 0 || len >= sizeof(copy))
        return false;
    memcpy(copy, text, len);
    copy[len] = '\0';
    if (strspn(copy, "+-.0123456789eE") != len)
        return false;
    char *end = NULL;
    double value = strtod(copy, &end);
    if (*end || !isfinite(value))
        return false;
    *out = value;
    return true;
}
