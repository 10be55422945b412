#include "sim/base/secret_shape.h"

#include <stdbool.h>
#include <string.h>

#include "sim/base/cc.h"

enum alphabet {
    LETTERS_AND_DIGITS,
    UPPER_AND_DIGITS,
    URL_SAFE, /* base64 of URLs: letters, digits, - and _ */
    BASE64,   /* letters, digits, +, / and = */
};

/* A prefix, then a run of characters, no shorter and no longer than said. */
struct shape {
    const char *prefix;
    size_t least;
    size_t most;
    const char *kind;
    enum alphabet alphabet;
    bool value_only; /* the prefix is a name and no part of the secret */
};

static const struct shape shapes[] = {
    {"sk-", 20, 400, "an API key (sk-...)", URL_SAFE, false},
    {"sk_live_", 16, 250, "an API key (sk_live_...)", LETTERS_AND_DIGITS, false},
    {"AKIA", 16, 16, "an AWS access key id", UPPER_AND_DIGITS, false},
    {"ASIA", 16, 16, "an AWS access key id", UPPER_AND_DIGITS, false},
    {"AIza", 35, 35, "a Google API key", URL_SAFE, false},
    {"ghp_", 36, 255, "a GitHub token", LETTERS_AND_DIGITS, false},
    {"gho_", 36, 255, "a GitHub token", LETTERS_AND_DIGITS, false},
    {"ghs_", 36, 255, "a GitHub token", LETTERS_AND_DIGITS, false},
    {"ghu_", 36, 255, "a GitHub token", LETTERS_AND_DIGITS, false},
    {"ghr_", 36, 255, "a GitHub token", LETTERS_AND_DIGITS, false},
    {"hf_", 34, 40, "a Hugging Face token", LETTERS_AND_DIGITS, false},
    {"AccountKey=", 40, 120, "the key of a connection string", BASE64, true},
    {"SharedAccessKey=", 40, 120, "the key of a connection string", BASE64, true},
};

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool is_upper(char c)
{
    return c >= 'A' && c <= 'Z';
}

static bool is_lower(char c)
{
    return c >= 'a' && c <= 'z';
}

static bool belongs(char c, enum alphabet a)
{
    switch (a) {
    case LETTERS_AND_DIGITS:
        return is_digit(c) || is_upper(c) || is_lower(c);
    case UPPER_AND_DIGITS:
        return is_digit(c) || is_upper(c);
    case URL_SAFE:
        return is_digit(c) || is_upper(c) || is_lower(c) || c == '-' || c == '_';
    case BASE64:
        return is_digit(c) || is_upper(c) || is_lower(c) || c == '+' || c == '/' || c == '=';
    }
    return false;
}

/* Up to `most` of them: what never ends is no key, and must not be walked through again and again.
 */
static size_t run(const char *text, size_t len, size_t at, enum alphabet a, size_t most)
{
    size_t n = 0;
    while (n < most && at + n < len && belongs(text[at + n], a))
        n++;
    return n;
}

/* Drawn by chance: many different characters, digits among them, letters of both cases unless the
 * alphabet has one. What a manual puts in a key's place is mostly words. */
static bool looks_random(const char *at, size_t n, enum alphabet a)
{
    bool seen[128] = {false};
    size_t n_different = 0;
    size_t n_digits = 0;
    size_t n_upper = 0;
    size_t n_lower = 0;
    for (size_t i = 0; i < n; i++) {
        n_different += !seen[at[i] & 0x7f];
        seen[at[i] & 0x7f] = true;
        n_digits += is_digit(at[i]);
        n_upper += is_upper(at[i]);
        n_lower += is_lower(at[i]);
    }
    if (n >= 7 && memcmp(at + n - 7, "EXAMPLE", 7) == 0)
        return false;
    bool mixed = a == UPPER_AND_DIGITS || (n_upper && n_lower);
    return n_digits && n_digits < n && mixed && n_different >= 8;
}

static bool fits(const struct shape *s, const char *text, size_t len, size_t at, size_t *n)
{
    size_t prefix = strlen(s->prefix);
    if (len - at < prefix + s->least || memcmp(text + at, s->prefix, prefix) != 0)
        return false;
    if (at > 0 && belongs(text[at - 1], s->value_only ? LETTERS_AND_DIGITS : URL_SAFE) &&
        !(at > 1 && text[at - 2] == '\\')) /* an escape, such as \n, is no part of a word */
        return false;
    size_t body = run(text, len, at + prefix, s->alphabet, s->most + 1);
    if (body < s->least || body > s->most)
        return false;
    *n = prefix + body;
    return looks_random(text + at + prefix, body, s->alphabet);
}

/* Three parts, of which the first two are JSON objects in base64. */
static bool is_jwt(const char *text, size_t len, size_t at, size_t *n)
{
    enum { LEAST = 10, MOST = 16384 };
    size_t end = at;
    if (at > 0 && belongs(text[at - 1], URL_SAFE) && !(at > 1 && text[at - 2] == '\\'))
        return false;
    for (int part = 0; part < 3; part++) {
        if (part < 2 && (len - end < 3 || memcmp(text + end, "eyJ", 3) != 0))
            return false;
        size_t length = run(text, len, end, URL_SAFE, MOST);
        end += length;
        if (length < LEAST || (part < 2 && (end >= len || text[end] != '.')))
            return false;
        end += part < 2;
    }
    *n = end - at;
    return true;
}

/* Down to the end mark, or as far as the text goes. */
static bool is_private_key(const char *text, size_t len, size_t at, size_t *n)
{
    static const char begin[] = "-----BEGIN ";
    static const char key[] = "PRIVATE KEY-----";
    static const char end[] = "-----END ";
    size_t from = at + sizeof(begin) - 1;
    if (len - at < sizeof(begin) - 1 || memcmp(text + at, begin, sizeof(begin) - 1) != 0)
        return false;
    while (from < len && (is_upper(text[from]) || text[from] == ' ') &&
           !(len - from >= sizeof(key) - 1 && memcmp(text + from, key, sizeof(key) - 1) == 0))
        from++;
    if (len - from < sizeof(key) - 1 || memcmp(text + from, key, sizeof(key) - 1) != 0)
        return false;
    from += sizeof(key) - 1;
    const char *stop = memmem(text + from, len - from, end, sizeof(end) - 1);
    size_t until = stop ? (size_t)(stop - text) : len;
    *n = until - at;
    return until - from >= 40; /* a mention of the mark alone has no key in it */
}

const char *secret_shape(const char *text, size_t len, size_t at, size_t *n)
{
    if (is_jwt(text, len, at, n))
        return "a signed token (JWT)";
    if (is_private_key(text, len, at, n))
        return "a private key";
    for (size_t i = 0; i < COUNT_OF(shapes); i++) {
        if (fits(&shapes[i], text, len, at, n))
            return shapes[i].kind;
    }
    return NULL;
}
