#include "sim/report/facts.h"

void facts_make(struct facts *out, const struct history *h)
{
    *out = (struct facts){.of = h};
    for (int p = 0; p < HISTORY_PHASES; p++)
        outcomes_make(&out->outcomes[p], h, (enum wave_phase)p);
    curve_make(&out->curve, h);
    part_curve_make(&out->parts, h, &out->curve);
    tool_facts_make(&out->tools, h);
    grader_facts_make(&out->graders, h);
    picks_make(&out->picks, h);
    signal_report_make(&out->signal, h);
}

void facts_release(struct facts *f)
{
    curve_release(&f->curve);
    part_curve_release(&f->parts);
    tool_facts_release(&f->tools);
    grader_facts_release(&f->graders);
    signal_report_release(&f->signal);
    *f = (struct facts){0};
}
