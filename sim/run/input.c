#include "sim/run/input.h"

#include <assert.h>

#include "sim/base/text.h"
#include "sim/job/dataset.h"
#include "sim/run/sample.h"

bool input_parses(const struct job *job)
{
    return job->alone || job->has_response_format;
}

void input_add_item(const struct job *job, const struct tape *raw, struct buf *out)
{
    if (job->alone)
        buf_add(out, raw->text, raw->len);
    else
        row_normalise(raw, out);
}

void input_add_answer(const struct job *job, const char *answer, size_t len, struct buf *out)
{
    struct tape scratch = {0};
    struct buf valid = {0};
    text_add_valid(&valid, answer, len);
    sample_of_answer(buf_text(&valid), valid.len, input_parses(job), &scratch, out);
    buf_release(&valid);
    tape_release(&scratch);
}

static void scan(struct tape *tape, const struct buf *text)
{
    struct tape_fault fault;
    bool scanned = tape_scan(tape, buf_text(text), text->len, &fault);
    assert(scanned);
    (void)scanned;
}

void input_ready(struct input *in, struct grader_input *out)
{
    scan(&in->item_tape, &in->item);
    scan(&in->sample_tape, &in->sample);
    out->item = &in->item_tape;
    out->sample = &in->sample_tape;
}

void input_clear(struct input *in)
{
    buf_clear(&in->item);
    buf_clear(&in->sample);
}

void input_release(struct input *in)
{
    buf_release(&in->item);
    buf_release(&in->sample);
    tape_release(&in->item_tape);
    tape_release(&in->sample_tape);
}
