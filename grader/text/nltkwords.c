#include "grader/text/nltkwords.h"

#include <string.h>
#include <utf8proc.h>

#include "grader/text/unicode.h"
#include "sim/base/cc.h"

/* What a rule found: so many symbols, of which the first go to group 1, the next to group 2, the
 * rest to group 3. */
struct hit {
    size_t n, one, two;
};

/* Rules are applied one after another to the whole text, each from the left to places that do not
 * overlap. `form` is what is put there: digits are groups, the rest stands as it is. */
struct rule {
    bool (*find)(struct hit *out, struct span text, size_t at, const char *arg);
    const char *arg;
    const char *form;
    const char
        *needs; /* without one of these in the text it finds nothing; NULL: any text will do */
};

static uint32_t symbol(struct span text, size_t at)
{
    return at < text.n ? text.at[at] : 0;
}

static bool is_of(uint32_t c, const char *set)
{
    return c && c < 0x80 && strchr(set, (int)c);
}

static bool hits(struct hit *out, size_t one, size_t two, size_t three)
{
    *out = (struct hit){one + two + three, one, two};
    return true;
}

static bool one_of(struct hit *out, struct span text, size_t at, const char *set)
{
    return is_of(text.at[at], set) && hits(out, 1, 0, 0);
}

static bool starts(struct span text, size_t at, const char *word)
{
    for (; *word; word++, at++) {
        if (symbol(text, at) != (unsigned char)*word)
            return false;
    }
    return true;
}

static bool literal(struct hit *out, struct span text, size_t at, const char *word)
{
    return starts(text, at, word) && hits(out, strlen(word), 0, 0);
}

static bool opening_quote(struct hit *out, struct span text, size_t at, const char *arg)
{
    (void)arg;
    uint32_t c = text.at[at];
    size_t n = 0;
    while (symbol(text, at + n) == '`')
        n++;
    if (c == 0xab || c == 0x201c || c == 0x2018 || c == 0x201e)
        n = 1;
    return n && hits(out, n, 0, 0);
}

static bool closing_quote(struct hit *out, struct span text, size_t at, const char *arg)
{
    (void)arg;
    uint32_t c = text.at[at];
    return (c == 0xbb || c == 0x201d || c == 0x2019) && hits(out, 1, 0, 0);
}

static bool first_quote(struct hit *out, struct span text, size_t at, const char *arg)
{
    (void)arg;
    return at == 0 && text.at[0] == '"' && hits(out, 1, 0, 0);
}

static bool quote_after_bracket(struct hit *out, struct span text, size_t at, const char *arg)
{
    (void)arg;
    size_t n = symbol(text, at + 1) == '"' ? 1 : starts(text, at + 1, "''") ? 2 : 0;
    return n && is_of(text.at[at], " ([{<") && hits(out, 1, n, 0);
}

/* As Python's re ignores case. */
static uint32_t folded(uint32_t c)
{
    switch (c) {
    case 0x130:
    case 0x131:
        return 'i';
    case 0x17f:
        return 's';
    default:
        return c >= 'A' && c <= 'Z' ? c + ('a' - 'A') : c;
    }
}

static bool starts_folded(struct span text, size_t at, const char *word, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        if (folded(symbol(text, at + i)) != (unsigned char)word[i])
            return false;
    }
    return true;
}

/* A quote before a single letter that begins none of 're 've 'll 'm 't 's 'd 'n. */
static bool quote_before_letter(struct hit *out, struct span text, size_t at, const char *arg)
{
    (void)arg;
    uint32_t c = symbol(text, at + 1);
    if (text.at[at] != '\'' || !unicode_is_word(c) || unicode_is_word(symbol(text, at + 2)) ||
        is_of(folded(c), "mtsdn"))
        return false;
    return hits(out, 1, 1, 0);
}

/* A full stop after something else, with nothing behind it but closing marks and white space. */
static bool last_point(struct hit *out, struct span text, size_t at, const char *marks)
{
    if (text.at[at] == '.' || symbol(text, at + 1) != '.')
        return false;
    bool wide = *marks == ' '; /* these go with it, and some beyond ASCII */
    size_t end = at + 2;
    while (end < text.n &&
           (is_of(text.at[end], marks) || (wide && closing_quote(out, text, end, NULL))))
        end++;
    size_t n = end - at - 2;
    while (end < text.n && unicode_is_space(text.at[end]))
        end++;
    if (end < text.n)
        return false;
    *out = (struct hit){end - at, 1, 1 + (wide ? 0 : n)};
    return true;
}

static bool is_digit(uint32_t c)
{
    return utf8proc_category((utf8proc_int32_t)c) == UTF8PROC_CATEGORY_ND;
}

static bool mark_before_other(struct hit *out, struct span text, size_t at, const char *arg)
{
    (void)arg;
    return is_of(text.at[at], ":,") && at + 1 < text.n && !is_digit(text.at[at + 1]) &&
           hits(out, 1, 1, 0);
}

static bool mark_at_end(struct hit *out, struct span text, size_t at, const char *arg)
{
    (void)arg;
    return is_of(text.at[at], ":,") && at + 1 == text.n && hits(out, 1, 0, 0);
}

static bool dots(struct hit *out, struct span text, size_t at, const char *arg)
{
    (void)arg;
    size_t n = 0;
    while (symbol(text, at + n) == '.')
        n++;
    return n > 1 && hits(out, n, 0, 0);
}

static bool quote_before_space(struct hit *out, struct span text, size_t at, const char *arg)
{
    (void)arg;
    return text.at[at] != '\'' && starts(text, at + 1, "' ") && hits(out, 1, 2, 0);
}

/* One of the endings, parted by '|', between something and a space. */
static bool ending(struct hit *out, struct span text, size_t at, const char *endings)
{
    if (is_of(text.at[at], "' "))
        return false;
    for (size_t n = 0; *endings; endings += n + (endings[n] == '|')) {
        n = strcspn(endings, "|");
        size_t same = 0;
        while (same < n && symbol(text, at + 1 + same) == (unsigned char)endings[same])
            same++;
        if (same == n && symbol(text, at + 1 + n) == ' ') {
            *out = (struct hit){n + 2, 1, n};
            return true;
        }
    }
    return false;
}

/* "can|not": the two as one word, in any case. */
static bool contraction(struct hit *out, struct span text, size_t at, const char *halves)
{
    if (folded(text.at[at]) != (unsigned char)*halves)
        return false;
    size_t one = strcspn(halves, "|");
    size_t two = strlen(halves) - one - 1;
    return !(at && unicode_is_word(text.at[at - 1])) && starts_folded(text, at, halves, one) &&
           starts_folded(text, at + one, halves + one + 1, two) &&
           !unicode_is_word(symbol(text, at + one + two)) && hits(out, one, two, 0);
}

static bool contraction_before_space(struct hit *out, struct span text, size_t at,
                                     const char *halves)
{
    return contraction(out, text, at, halves) && unicode_is_space(symbol(text, at + out->n));
}

/* 'tis and 'twas after a space, which goes. */
static bool contraction_of_it(struct hit *out, struct span text, size_t at, const char *verb)
{
    size_t n = strlen(verb);
    if (text.at[at] != ' ' || !starts_folded(text, at + 1, "'t", 2) ||
        !starts_folded(text, at + 3, verb, n) || unicode_is_word(symbol(text, at + 3 + n)))
        return false;
    return hits(out, 3, n, 0);
}

static const struct rule before_padding[] = {
    {opening_quote, NULL, " 1 ", NULL},
    {first_quote, NULL, "``", "\""},
    {literal, "``", " 1 ", "`"},
    {quote_after_bracket, NULL, "1 `` ", "\"'"},
    {quote_before_letter, NULL, "1 2", "'"},
    {last_point, " ])}>\"'", "1 2 3 ", "."},
    {mark_before_other, NULL, " 1 2", ":,"},
    {mark_at_end, NULL, " 1 ", ":,"},
    {dots, NULL, " 1 ", "."},
    {one_of, ";@#$%&", " 1 ", ";@#$%&"},
    {last_point, "])}>\"'", "1 2 ", "."},
    {one_of, "?!", " 1 ", "?!"},
    {quote_before_space, NULL, "1 ' ", "'"},
    {one_of, "*", " 1 ", "*"},
    {one_of, "[](){}<>", " 1 ", "[](){}<>"},
    {literal, "--", " 1 ", "-"},
};

static const struct rule after_padding[] = {
    {closing_quote, NULL, " 1 ", NULL},
    {literal, "''", " 1 ", "'"},
    {literal, "\"", " '' ", "\""},
    {ending, "'s|'S|'m|'M|'d|'D|'", "1 2 ", "'"},
    {ending, "'ll|'LL|'re|'RE|'ve|'VE|n't|N'T", "1 2 ", "'"},
    {contraction, "can|not", " 1 2 ", NULL},
    {contraction, "d|'ye", " 1 2 ", "'"},
    {contraction, "gim|me", " 1 2 ", NULL},
    {contraction, "gon|na", " 1 2 ", NULL},
    {contraction, "got|ta", " 1 2 ", NULL},
    {contraction, "lem|me", " 1 2 ", NULL},
    {contraction, "more|'n", " 1 2 ", "'"},
    {contraction_before_space, "wan|na", " 1 2 ", NULL},
    {contraction_of_it, "is", "1 2 ", "'"},
    {contraction_of_it, "was", "1 2 ", "'"},
};

static void put(struct seq *out, struct span found, const struct hit *h, const char *form)
{
    const struct span groups[] = {
        {found.at, h->one},
        {found.at + h->one, h->two},
        {found.at + h->one + h->two, h->n - h->one - h->two},
    };
    for (; *form; form++) {
        if (*form >= '1' && *form <= '3')
            seq_add(out, groups[*form - '1']);
        else
            seq_push(out, (unsigned char)*form);
    }
}

/* Of ASCII, what is in the text. */
static void note_present(bool present[128], struct span text)
{
    for (size_t i = 0; i < text.n; i++) {
        if (text.at[i] < 128)
            present[text.at[i]] = true;
    }
}

static bool is_needed(const struct rule *rule, const bool present[128])
{
    bool any = !rule->needs;
    for (const char *c = rule->needs; !any && *c; c++)
        any = present[(unsigned char)*c];
    return any;
}

/* `text` is left with what became of it, `spare` is room. */
static void apply(const struct rule *rules, size_t n_rules, struct seq *text, struct seq *spare)
{
    bool present[128] = {false};
    note_present(present, seq_span(text));
    /* rules make these of quotes */
    present['\''] |= present['"'];
    present['`'] |= present['\''];
    for (size_t r = 0; r < n_rules; r++) {
        if (!is_needed(&rules[r], present))
            continue;
        struct span from = seq_span(text);
        struct hit h;
        spare->n = 0;
        for (size_t i = 0; i < from.n;) {
            if (rules[r].find(&h, from, i, rules[r].arg)) {
                put(spare, (struct span){from.at + i, h.n}, &h, rules[r].form);
                i += h.n;
            } else {
                seq_push(spare, from.at[i++]);
            }
        }
        struct seq swap = *text;
        *text = *spare;
        *spare = swap;
    }
}

void nltkwords(struct seq *out, struct span text)
{
    struct seq now = {0};
    struct seq spare = {0};
    seq_add(&now, text);
    apply(before_padding, COUNT_OF(before_padding), &now, &spare);
    spare.n = 0;
    seq_push(&spare, ' ');
    seq_add(&spare, seq_span(&now));
    seq_push(&spare, ' ');
    apply(after_padding, COUNT_OF(after_padding), &spare, &now);
    seq_add(out, seq_span(&spare));
    seq_release(&now);
    seq_release(&spare);
}
