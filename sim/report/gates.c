#include "sim/report/gates.h"

#include <math.h>
#include <stdlib.h>

#include "sim/base/mem.h"
#include "sim/report/say.h"

static void add(struct gates_result *out, struct gate gate)
{
    out->n_missed += !gate.met;
    out->at[out->n++] = gate;
}

static void look_at_verdict(struct gates_result *out, bool strict, const struct verdict *v)
{
    size_t n_fatal = v->n_by[VERDICT_FATAL];
    size_t n_warning = v->n_by[VERDICT_WARNING];
    char *text = mem_printf("the verdict has %zu fatal line%s and %zu warning%s%s", n_fatal,
                            say_plural(n_fatal), n_warning, say_plural(n_warning),
                            strict ? ", which --strict counts" : "");
    add(out, (struct gate){"verdict", !n_fatal && !(strict && n_warning), NAN, NAN, text});
}

static void look_at_mean(struct gates_result *out, double limit, const struct facts *f)
{
    const struct curve_point *last = curve_last(&f->curve, WAVE_VALID);
    struct gate gate = {.name = "fail_under", .limit = limit, .value = NAN};
    if (last) {
        gate.value = last->mean;
        gate.met = last->mean >= limit;
        gate.text = mem_printf("the validation mean %.6g of the last evaluation is %s %.6g",
                               last->mean, gate.met ? "not under" : "under", limit);
    } else {
        gate.text = mem_printf("there is no validation mean to be at least %g", limit);
    }
    add(out, gate);
}

static void look_at_discarded(struct gates_result *out, double limit, const struct facts *f)
{
    struct outcomes all = outcomes_of_both(f->outcomes);
    struct gate gate = {.name = "max_discarded", .limit = limit, .value = NAN};
    if (all.known && all.n) {
        gate.value = outcomes_share(all.n_discarded, all.n);
        gate.met = gate.value <= limit;
        gate.text = mem_printf("%llu of %llu rollouts (a share of %.6g) were thrown away, %s %.6g",
                               (unsigned long long)all.n_discarded, (unsigned long long)all.n,
                               gate.value, gate.met ? "at most" : "more than", limit);
    } else {
        gate.text = mem_text("how many rollouts were thrown away is not known");
    }
    add(out, gate);
}

void gates_look(struct gates_result *out, const struct gates *g, const struct facts *f,
                const struct verdict *v)
{
    *out = (struct gates_result){0};
    look_at_verdict(out, g->strict, v);
    if (isfinite(g->fail_under))
        look_at_mean(out, g->fail_under, f);
    if (isfinite(g->max_discarded))
        look_at_discarded(out, g->max_discarded, f);
}

void gates_release(struct gates_result *r)
{
    for (size_t i = 0; i < r->n; i++)
        free(r->at[i].text);
    *r = (struct gates_result){0};
}

enum err_code gates_check(const struct gates_result *r, struct err *e)
{
    struct buf text = {0};
    if (!r->n_missed)
        return ERR_OK;
    for (size_t i = 0; i < r->n; i++) {
        if (!r->at[i].met)
            buf_printf(&text, "%s%s", text.len ? "; " : "", r->at[i].text);
    }
    err_set(e, ERR_NO, "%s", buf_text(&text));
    buf_release(&text);
    return ERR_NO;
}
