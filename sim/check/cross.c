#include "sim/check/cross.h"

#include "sim/check/samples.h"

void cross_plan_make(struct cross_plan *p, const struct job *job, const struct grader *grader,
                     const struct policy *policy)
{
    *p = (struct cross_plan){.job = job, .grader = grader, .policy = policy};
    lookup_plan_make(&p->lookups, job, grader, policy);
    expected_plan_make(&p->expected, job);
}

void cross_plan_release(struct cross_plan *p)
{
    lookup_plan_release(&p->lookups);
    *p = (struct cross_plan){0};
}

void cross_row(struct cross *c, const struct cross_plan *p, const struct tape *row, size_t line)
{
    if (!p || !row->n || tape_kind(row, 0) != TAPE_OBJECT)
        return;
    lookups_row(&c->lookups, &p->lookups, row, line);
    toolset_row(&c->tools, row, line);
    expected_row(&c->expected, &p->expected, row, line);
}

void cross_join(struct cross *whole, struct cross *block, size_t n_before)
{
    lookups_join(&whole->lookups, &block->lookups, n_before);
    toolset_join(&whole->tools, &block->tools, n_before);
    expected_join(&whole->expected, &block->expected, n_before);
}

void cross_release(struct cross *c)
{
    lookups_release(&c->lookups);
    toolset_release(&c->tools);
    expected_release(&c->expected);
}

void cross_tell(const struct cross_plan *p, const struct cross_of files[2], struct diags *list)
{
    struct lookups_of lookups[2];
    struct toolset_of tools[2];
    struct expected_of expected[2];
    bool has_calls = p->job->n_tools > 0;
    for (size_t f = 0; f < 2; f++) {
        const struct cross *c = files[f].counts;
        lookups[f] = (struct lookups_of){files[f].path, &c->lookups};
        tools[f] = (struct toolset_of){files[f].path, &c->tools, files[f].list};
        expected[f] = (struct expected_of){files[f].path, &c->expected};
        has_calls = has_calls || (files[f].path && c->tools.n_with);
    }
    if (p->grader)
        samples_check(p->grader, p->job, has_calls, list);
    lookups_tell(&p->lookups, p->job, lookups, list);
    toolsets_tell(p->job, tools, list);
    expected_tell(&p->expected, expected, list);
}
