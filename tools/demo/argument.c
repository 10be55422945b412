#include "tools/demo/argument.h"

#include <math.h>

void argument_refuse(const char *key, const char *want, const struct tape *args, size_t v,
                     struct buf *refusal)
{
    size_t len = 0;
    const char *number = tape_kind(args, v) == TAPE_NUMBER ? tape_text(args, v, &len) : NULL;
    buf_printf(refusal, "'%s' must be %s, found ", key, want);
    if (v == TAPE_NONE)
        buf_text_add(refusal, "nothing");
    else if (number)
        buf_add(refusal, number, len);
    else
        buf_text_add(refusal, tape_kind_words(tape_kind(args, v)));
}

bool argument_text(const struct tape *args, const char *key, struct buf *out, struct buf *refusal)
{
    size_t v = tape_get(args, 0, key);
    if (v == TAPE_NONE || tape_kind(args, v) != TAPE_STRING) {
        argument_refuse(key, "a string", args, v, refusal);
        return false;
    }
    tape_string(args, v, out);
    return true;
}

bool argument_count(const struct tape *args, const char *key, unsigned least, unsigned most,
                    const char *want, unsigned *out, struct buf *refusal)
{
    size_t v = tape_get(args, 0, key);
    double n = v != TAPE_NONE && tape_kind(args, v) == TAPE_NUMBER ? tape_number(args, v) : -1;
    if (n < least || n > most || n != floor(n)) {
        argument_refuse(key, want, args, v, refusal);
        return false;
    }
    *out = (unsigned)n;
    return true;
}

bool argument_choice(const struct tape *args, const char *key, const char *const *names,
                     const char *want, unsigned *out, struct buf *refusal)
{
    size_t v = tape_get(args, 0, key);
    for (unsigned i = 0; names[i]; i++) {
        if (tape_is(args, v, names[i])) {
            *out = i;
            return true;
        }
    }
    if (v != TAPE_NONE && tape_kind(args, v) == TAPE_STRING) {
        buf_printf(refusal, "'%s' must be %s", key, want);
        return false;
    }
    argument_refuse(key, want, args, v, refusal);
    return false;
}
