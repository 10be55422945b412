#include "grader/text/tokens13a.h"

#include <string.h>

#include "grader/text/unicode.h"
#include "sim/base/cc.h"

/* Append `text` with every `old` replaced. */
static void replace(struct seq *out, struct span text, const char *old, const char *with)
{
    size_t n = strlen(old);
    for (size_t i = 0; i < text.n;) {
        size_t same = 0;
        while (same < n && i + same < text.n && text.at[i + same] == (unsigned char)old[same])
            same++;
        if (same < n) {
            seq_push(out, text.at[i++]);
            continue;
        }
        for (const char *c = with; *c; c++)
            seq_push(out, (unsigned char)*c);
        i += n;
    }
}

static const struct {
    const char *old, *with;
} replacements[] = {
    {"<skipped>", ""}, {"-\n", ""},   {"\n", " "},   {"&quot;", "\""},
    {"&amp;", "&"},    {"&lt;", "<"}, {"&gt;", ">"},
};

static bool is_digit(uint32_t c)
{
    return c >= '0' && c <= '9';
}

static bool is_point(uint32_t c)
{
    return c == '.' || c == ',';
}

/* Printable ASCII that is no letter, digit, or one of ' , - . */
static bool stands_alone(uint32_t c)
{
    return c >= ' ' && c <= '~' && !is_digit(c) && !(c >= 'A' && c <= 'Z') &&
           !(c >= 'a' && c <= 'z') && c != '\'' && c != ',' && c != '-' && c != '.';
}

static void push_apart(struct seq *out, uint32_t c)
{
    seq_push(out, ' ');
    seq_push(out, c);
    seq_push(out, ' ');
}

static void punctuation(struct seq *out, struct span text)
{
    for (size_t i = 0; i < text.n; i++) {
        if (stands_alone(text.at[i]))
            push_apart(out, text.at[i]);
        else
            seq_push(out, text.at[i]);
    }
}

/* The three rules about pairs of neighbours take pairs from the left that do not overlap. */
enum pair_rule { POINT_AFTER_OTHER, POINT_BEFORE_OTHER, HYPHEN_AFTER_DIGIT };

static bool applies(enum pair_rule rule, uint32_t a, uint32_t b)
{
    switch (rule) {
    case POINT_AFTER_OTHER:
        return !is_digit(a) && is_point(b);
    case POINT_BEFORE_OTHER:
        return is_point(a) && !is_digit(b);
    case HYPHEN_AFTER_DIGIT:
        return is_digit(a) && b == '-';
    }
    return false;
}

static void pairs(struct seq *out, struct span text, enum pair_rule rule)
{
    for (size_t i = 0; i < text.n; i++) {
        if (i + 1 == text.n || !applies(rule, text.at[i], text.at[i + 1])) {
            seq_push(out, text.at[i]);
            continue;
        }
        if (rule == POINT_BEFORE_OTHER)
            seq_push(out, ' ');
        seq_push(out, text.at[i]);
        seq_push(out, ' ');
        seq_push(out, text.at[++i]);
        if (rule != POINT_BEFORE_OTHER)
            seq_push(out, ' ');
    }
}

void tokens13a(struct seq *out, struct span text)
{
    while (text.n && unicode_is_space(text.at[text.n - 1]))
        text.n--;
    struct seq now = {0};
    struct seq next = {0};
    seq_add(&now, text);
    for (size_t i = 0; i < COUNT_OF(replacements); i++) {
        next.n = 0;
        replace(&next, seq_span(&now), replacements[i].old, replacements[i].with);
        struct seq swap = now;
        now = next;
        next = swap;
    }
    next.n = 0;
    seq_push(&next, ' ');
    punctuation(&next, seq_span(&now));
    seq_push(&next, ' ');
    now.n = 0;
    pairs(&now, seq_span(&next), POINT_AFTER_OTHER);
    next.n = 0;
    pairs(&next, seq_span(&now), POINT_BEFORE_OTHER);
    pairs(out, seq_span(&next), HYPHEN_AFTER_DIGIT);
    seq_release(&now);
    seq_release(&next);
}
