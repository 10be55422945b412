#include "tools/demo/fault.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/mem.h"
#include "sim/base/num.h"
#include "sim/base/rng.h"

/* A piece of a spec. */
struct part {
    const char *at;
    size_t len;
};

static bool is(struct part p, const char *word)
{
    return strlen(word) == p.len && memcmp(word, p.at, p.len) == 0;
}

/* All of the part as a whole number in [min, max]. */
static bool read_count(struct part p, unsigned min, unsigned max, unsigned *out)
{
    unsigned n = 0;
    for (size_t i = 0; i < p.len; i++) {
        if (p.at[i] < '0' || p.at[i] > '9' || n > max)
            return false;
        n = n * 10 + (unsigned)(p.at[i] - '0');
    }
    *out = n;
    return p.len && n >= min && n <= max;
}

static enum err_code read_tool(struct fault_rule *rule, struct part p, const char *const *tools,
                               struct err *e)
{
    rule->tool = FAULT_ANY_TOOL;
    if (is(p, "*"))
        return ERR_OK;
    for (size_t i = 0; tools[i]; i++) {
        if (is(p, tools[i])) {
            rule->tool = i;
            return ERR_OK;
        }
    }
    return err_set(e, ERR_USAGE, "this endpoint has no tool '%.*s'", (int)p.len, p.at);
}

static enum err_code read_kind(struct fault_rule *rule, struct part p, struct err *e)
{
    static const char latency[] = "latency=";
    size_t skip = sizeof(latency) - 1;
    if (is(p, "oversize")) {
        rule->kind = FAULT_OVERSIZE;
    } else if (is(p, "malformed")) {
        rule->kind = FAULT_MALFORMED;
    } else if (p.len > skip && memcmp(p.at, latency, skip) == 0) {
        rule->kind = FAULT_LATENCY;
        struct part ms = {p.at + skip, p.len - skip};
        if (!read_count(ms, 1, FAULT_LATENCY_MAX_MS, &rule->value))
            return err_set(e, ERR_USAGE, "latency '%.*s' is not a count of ms up to %d",
                           (int)ms.len, ms.at, FAULT_LATENCY_MAX_MS);
    } else if (read_count(p, 400, 599, &rule->value)) {
        rule->kind = FAULT_STATUS;
    } else {
        return err_set(e, ERR_USAGE, "no kind of fault '%.*s'", (int)p.len, p.at);
    }
    return ERR_OK;
}

static enum err_code read_rate(struct fault_rule *rule, struct part p, struct err *e)
{
    if (num_parse(&rule->rate, p.at, p.len) && rule->rate >= 0 && rule->rate <= 1)
        return ERR_OK;
    return err_set(e, ERR_USAGE, "rate '%.*s' is not a share from 0 to 1", (int)p.len, p.at);
}

static enum err_code read_rule(struct fault_rule *rule, const char *spec, const char *const *tools,
                               struct err *e)
{
    const char *colon = strchr(spec, ':');
    const char *at = colon ? strchr(colon, '@') : NULL;
    if (!at)
        return err_set(e, ERR_USAGE, "not of the form TOOL:KIND@RATE");
    enum err_code rc = read_tool(rule, (struct part){spec, (size_t)(colon - spec)}, tools, e);
    if (!rc)
        rc = read_kind(rule, (struct part){colon + 1, (size_t)(at - colon - 1)}, e);
    if (!rc)
        rc = read_rate(rule, (struct part){at + 1, strlen(at + 1)}, e);
    return rc;
}

enum err_code faults_add(struct faults *f, const char *spec, const char *const *tools,
                         struct err *e)
{
    struct fault_rule rule = {0};
    if (read_rule(&rule, spec, tools, e)) {
        err_fix(e, "write search_catalog:503@0.1, '*:latency=200@0.5', or oversize or malformed "
                   "as the kind");
        return err_note(e, "--fault '%s'", spec);
    }
    f->at = mem_grow(f->at, f->n + 1, sizeof(*f->at));
    f->at[f->n++] = rule;
    return ERR_OK;
}

void faults_release(struct faults *f)
{
    free(f->at);
    *f = (struct faults){0};
}

/* Each rule draws from a stream of its own, so that adding one does not change the others. */
static bool fires(const struct faults *f, size_t rule, size_t tool, uint64_t n)
{
    struct rng r = rng_seed(f->seed);
    rng_mix(&r, rule);
    rng_mix(&r, tool);
    rng_mix(&r, n);
    return rng_unit(&r) < f->at[rule].rate;
}

struct fault_verdict faults_decide(const struct faults *f, size_t tool, uint64_t n)
{
    struct fault_verdict v = {0};
    for (size_t i = 0; i < f->n; i++) {
        const struct fault_rule *rule = &f->at[i];
        if ((rule->tool != FAULT_ANY_TOOL && rule->tool != tool) || !fires(f, i, tool, n))
            continue;
        if (rule->kind == FAULT_LATENCY) {
            v.latency_ms += rule->value;
        } else if (v.kind == FAULT_NONE) {
            v.kind = rule->kind;
            v.status = rule->value;
        }
    }
    return v;
}
