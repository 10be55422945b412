#include "sim/check/diff.h"

#include "sim/base/text.h"

enum {
    AROUND_BYTES = 48, /* shown before and after what changed */
    MOST_BYTES = 320,  /* of one line; of a longer one also the middle is left out */
};

static const char gap[] = "[...]";

static bool begins_code_point(char c)
{
    return ((unsigned char)c & 0xc0) != 0x80;
}

static size_t back_to_code_point(const char *text, size_t at)
{
    while (at && !begins_code_point(text[at]))
        at--;
    return at;
}

static size_t on_to_code_point(const char *text, size_t at, size_t len)
{
    while (at < len && !begins_code_point(text[at]))
        at++;
    return at;
}

/* Control characters as ^M; a tab stays. */
static void add_bytes(struct buf *out, const char *text, size_t len)
{
    struct buf valid = {0};
    text_add_valid(&valid, text, len);
    for (size_t i = 0; i < valid.len; i++) {
        char c = valid.at[i];
        if ((unsigned char)c < ' ' && c != '\t')
            buf_printf(out, "^%c", c + '@');
        else
            buf_char(out, c);
    }
    buf_release(&valid);
}

/* The bytes from..to of a line, and that there are more. */
static void add_cut(struct buf *out, char sign, const struct diff_line *line, size_t from,
                    size_t to)
{
    const char *text = line->text;
    from = from > AROUND_BYTES ? back_to_code_point(text, from - AROUND_BYTES) : 0;
    to = line->len - to > AROUND_BYTES ? on_to_code_point(text, to + AROUND_BYTES, line->len)
                                       : line->len;
    buf_printf(out, "%c%s", sign, from ? gap : "");
    if (to - from > MOST_BYTES) {
        size_t left = on_to_code_point(text, from + MOST_BYTES / 2, to);
        size_t right = back_to_code_point(text, to - MOST_BYTES / 2);
        add_bytes(out, text + from, left - from);
        buf_text_add(out, gap);
        from = right;
    }
    add_bytes(out, text + from, to - from);
    buf_printf(out, "%s\n", to < line->len ? gap : "");
    if (line->unended)
        buf_text_add(out, "\\ No newline at end of file\n");
}

static size_t same_at_start(const struct diff_line *a, const struct diff_line *b)
{
    size_t n = 0;
    while (n < a->len && n < b->len && a->text[n] == b->text[n])
        n++;
    return n;
}

static size_t same_at_end(const struct diff_line *a, const struct diff_line *b, size_t most)
{
    size_t n = 0;
    while (n < most && a->text[a->len - 1 - n] == b->text[b->len - 1 - n])
        n++;
    return n;
}

void diff_hunk(const struct diff_line *was, const struct diff_line *now, struct buf *out)
{
    buf_printf(out, "@@ -%zu%s +%zu%s @@\n", was->number, was->text ? "" : ",0", now->number,
               now->text ? "" : ",0");
    size_t start = 0;
    size_t end = 0;
    if (was->text && now->text) {
        start = same_at_start(was, now);
        end = same_at_end(was, now, (was->len < now->len ? was->len : now->len) - start);
    }
    if (was->text)
        add_cut(out, '-', was, start, was->len - end);
    if (now->text)
        add_cut(out, '+', now, start, now->len - end);
}
