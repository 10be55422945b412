#include "sim/report/verdict_rules.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/mem.h"
#include "sim/report/say.h"
#include "sim/report/verdict_line.h"

/* A tool over both phases. */
struct tool_sum {
    const char *name;
    uint64_t n_ok, n_failed;
    size_t worst; /* fact, the one with more failures */
};

static struct tool_sum tool_sum(const struct tool_facts *t, const char *name)
{
    struct tool_sum sum = {.name = name};
    for (size_t i = t->n; i-- > 0;) {
        if (strcmp(t->at[i].name, name) != 0)
            continue;
        sum.worst = sum.n_ok + sum.n_failed && t->at[sum.worst].n_failed > t->at[i].n_failed
                        ? sum.worst
                        : i;
        sum.n_ok += t->at[i].n_ok;
        sum.n_failed += t->at[i].n_failed;
    }
    return sum;
}

static double rate_of(const struct tool_sum *s)
{
    return outcomes_share(s->n_failed, s->n_ok + s->n_failed);
}

/* The tool with the highest error rate; false if there is none. Calls to no tool of the job are
 * none of a tool. */
static bool worst_tool(struct tool_sum *out, const struct tool_facts *t, double below)
{
    bool found = false;
    for (size_t i = 0; i < t->n; i++) {
        if (!t->at[i].name[0])
            continue;
        struct tool_sum sum = tool_sum(t, t->at[i].name);
        if (rate_of(&sum) >= below || (found && rate_of(&sum) <= rate_of(out)))
            continue;
        *out = sum;
        found = true;
    }
    return found;
}

/* "; mostly http_4xx: answered 4xx", if it is known. */
static char *mostly(const struct tool_fact *t)
{
    if (t->worst_kind < 0)
        return mem_text("");
    const struct tool_kind_row *row = tool_kind_row((enum tool_kind)t->worst_kind);
    return mem_printf(", mostly %s (%s)", row->id, row->words);
}

static void cite_tool(struct verdict_line *out, const struct facts *f, const struct tool_fact *t)
{
    if (t->worst_step >= 0 && t->worst_rate > 0) {
        char share[SAY_ROOM];
        out->evidence =
            mem_printf("most in step %d: %s", t->worst_step, say_share(share, t->worst_rate));
    }
    line_cite(out, f->of, t->first_failed);
    line_point_at_rollout(out, f->of);
}

/* Whether a tool refused calls of a policy that tries what cannot be right, and took others. */
static bool is_tried(const struct facts *f, const struct tool_sum *s)
{
    const char *policy = f->of->policy;
    bool tries = policy && (strcmp(policy, "learner") == 0 || strcmp(policy, "random") == 0);
    return tries && s->n_ok && f->tools.at[s->worst].worst_kind == TOOL_KIND_CLIENT_ERROR;
}

bool rule_TOOLS(const struct facts *f, struct verdict_line *out)
{
    struct tool_sum worst;
    char share[SAY_ROOM];
    if (f->of->tools_recorded || !worst_tool(&worst, &f->tools, INFINITY))
        return false;
    if (rate_of(&worst) < VERDICT_TOOL_FATAL)
        return line_say(out, VERDICT_FINE, mem_text("no tool failed on half of its calls"));
    const struct tool_fact *t = &f->tools.at[worst.worst];
    char *how = mostly(t);
    bool tried = is_tried(f, &worst);
    unsigned long long n = worst.n_ok + worst.n_failed;
    char *text =
        worst.n_ok
            ? mem_printf("%s failed on %llu of %llu calls (%s)%s%s", worst.name,
                         (unsigned long long)worst.n_failed, n, say_share(share, rate_of(&worst)),
                         how, tried ? "; the policy tries calls that cannot be right" : "")
            : mem_printf("every call of %s failed, all %s%llu%s%s", worst.name,
                         t->failed_is_least ? "of them, at least " : "", n, how,
                         t->worst_kind == TOOL_KIND_CLIENT_ERROR
                             ? "; see whether the service appends the tool's name to the "
                               "address (EV-13)"
                             : "");
    free(how);
    cite_tool(out, f, t);
    return line_say(out, tried ? VERDICT_WARNING : VERDICT_FATAL, text);
}

bool rule_CONTRACT(const struct facts *f, struct verdict_line *out)
{
    uint64_t n = 0;
    uint64_t n_calls = 0;
    for (size_t i = 0; i < f->tools.n && !f->of->tools_recorded; i++) {
        const struct tool_fact *t = &f->tools.at[i];
        if (!t->kinds || !t->name[0])
            continue;
        n_calls += t->n_ok + t->n_failed;
        n += t->n_violations;
        if (t->n_violations)
            line_cite(out, f->of, t->first_failed);
    }
    if (!n_calls)
        return false;
    if (!n)
        return line_say(out, VERDICT_FINE, mem_text("tools answered by the contract"));
    out->command = mem_text("rftsim help faults");
    return line_say(out, VERDICT_WARNING,
                    mem_printf("%llu of %llu tool calls were answered against the contract (no "
                               "\"output\", no JSON, a redirect, ...)",
                               (unsigned long long)n, (unsigned long long)n_calls));
}

bool rule_TOOL_ERRORS(const struct facts *f, struct verdict_line *out)
{
    struct tool_sum worst;
    char share[SAY_ROOM];
    bool none = f->of->tools_recorded || !worst_tool(&worst, &f->tools, VERDICT_TOOL_FATAL);
    if (none) /* others: rule_TOOLS */
        return false;
    double rate = rate_of(&worst);
    unsigned long long n = worst.n_ok + worst.n_failed;
    if (rate < VERDICT_TOOL_WARN)
        return line_say(out, VERDICT_FINE,
                        mem_printf("no tool failed on more than %s of its calls",
                                   say_share(share, VERDICT_TOOL_WARN)));
    const struct tool_fact *t = &f->tools.at[worst.worst];
    char *how = mostly(t);
    char *text = mem_printf("%s failed on %llu of %llu calls (%s)%s", worst.name,
                            (unsigned long long)worst.n_failed, n, say_share(share, rate), how);
    free(how);
    cite_tool(out, f, t);
    return line_say(out, VERDICT_WARNING, text);
}

bool rule_UNUSED(const struct facts *f, struct verdict_line *out)
{
    size_t n = 0;
    for (size_t i = 0; i < f->of->n_tools; i++)
        n += f->of->tools[i].name[0] != '\0';
    uint64_t rollouts = outcomes_of_both(f->outcomes).n;
    if (!n || !rollouts)
        return false;
    if (f->tools.n_calls)
        return line_say(out, VERDICT_FINE,
                        mem_printf("%llu tool call%s in %llu rollouts",
                                   (unsigned long long)f->tools.n_calls,
                                   say_plural(f->tools.n_calls), (unsigned long long)rollouts));
    return line_say(out, VERDICT_WARNING,
                    mem_printf("none of the %zu tool%s was ever called, in %llu rollouts", n,
                               say_plural(n), (unsigned long long)rollouts));
}
