/* The parts of the page, top to bottom, each from its part of the report, which is what
 * `rftsim report --json` prints. */

let open = null; /* opens a rollout, by its place in data.rollouts */

/* A rollout that the report names; a link if it is in this file. */
function link(r) {
    const i = r && data.byId.get(r.id);
    return !r ? null : i === undefined ? placeName(r.place) : rolloutLink(i, open, placeName(r.place));
}

const links = (rollouts) => rollouts.flatMap((r, k) => [k ? ", " : "", link(r)]);

/* {"http_4xx": 3} as "http_4xx 3", the most frequent first; `words` explain each. */
function counted(by, words) {
    return Object.entries(by).sort((a, b) => b[1] - a[1]).map(([id, n], i) =>
        [i ? ", " : "", el("span", { title: words(id) }, `${id} ${count(n)}`)]);
}

function fillHead() {
    const r = data.report;
    const name = r.title || r.path;
    const parts = [r.model && ["model", r.model],
        r.policy ? ["policy", r.policy + ", in the model's place"] : r.source === "run" ? null : ["policy", "the service's model"],
        r.tools_recorded && ["NO TOOL WAS CALLED:", "answers are the recorded ones"],
        r.scores_recorded && ["NOTHING WAS GRADED:", "rewards are the recorded ones"],
        r.state && ["state", r.state], r.seed !== null && ["seed", String(r.seed)],
        r.total_steps && ["steps", data.steps_done ? count(data.steps_done) + " of " + count(r.total_steps) : count(r.total_steps)],
        r.started_at && ["started", r.started_at]].filter(Boolean);
    fill("title", name);
    fill("about", parts.map(([k, v]) => el("span", { class: "fact" }, el("span", { class: "muted" }, k + " "), v)));
    document.title = name + " \u00b7 rftsim report";
    fill("nav", [...document.querySelectorAll("main section")].map((s) =>
        el("a", { href: "#" + s.id }, s.id === "verdict" ? "Verdict" : s.querySelector("h2").textContent)));
}

/* The verdict. */

function verdictLine(line) {
    return el("li", { class: line.severity }, el("span", { class: "mark" }, line.severity),
        el("div", {}, el("p", {}, line.text), (line.evidence || line.rollouts.length || line.command) && el("p", { class: "evidence" },
            line.rollouts.length ? el("span", {}, "see ", links(line.rollouts)) : line.evidence && el("span", {}, line.evidence),
            line.command && code(line.command))));
}

function fillVerdict() {
    const v = data.report.verdict;
    const more = v.lines.slice(data.shown);
    const words = [more.length && plural(more.length, "more line"), v.not_checked.length && plural(v.not_checked.length, "rule") + " not checked"];
    fill("verdict-body", el("p", { class: "answer " + v.severity }, v.answer[0].toUpperCase() + v.answer.slice(1)),
        el("ul", { class: "verdict" }, v.lines.slice(0, data.shown).map(verdictLine)),
        words.some(Boolean) && fold(words.filter(Boolean).join(", "),
            more.length > 0 && el("ul", { class: "verdict" }, more.map(verdictLine)),
            v.not_checked.length > 0 && [note("Not checked, for what this report was made of does not tell:"),
                el("ul", { class: "plain" }, v.not_checked.map((rule) => el("li", {}, data.rules[rule])))]));
}

/* Rewards: figures, the curve, its table. */

function figure(name, value, below) {
    return el("div", { class: "figure" }, el("dt", {}, name), el("dd", {}, el("b", {}, value), below && el("span", { class: "muted" }, below)));
}

function lastPoint(phase) {
    const all = byStep(data.report.curve, phase);
    return all.filter((p) => p.complete).pop() || all.pop();
}

function pointFigure(phase, words) {
    const p = lastPoint(phase);
    return p && figure(words, reward(p.mean), "step " + p.step + (phase === "valid" && p.interval.low !== null ? ", " + rangeOf(p) : ""));
}

function figures() {
    const { outcomes, signal, tools } = data.report;
    const all = [outcomes.train, outcomes.valid].filter(Boolean);
    const sum = (list, get) => list.reduce((a, o) => a + get(o), 0);
    const ended = sum(all, (o) => o.ended);
    const calls = sum(tools, (t) => t.calls);
    const groups = signal.groups;
    return el("dl", { class: "figures" }, pointFigure("valid", "last evaluation"), pointFigure("train", "last training step"),
        ended > 0 && [figure("rollouts", count(ended), percent(sum(all, (o) => o.graded) / ended) + " graded"),
            figure(data.report.source === "results" ? "ungraded" : "thrown away", count(sum(all, (o) => o.discarded)), percent(sum(all, (o) => o.discarded) / ended))],
        groups.groups > 0 && figure("dead groups", percent(deadOf(groups) / groups.groups), "of " + count(groups.groups)),
        calls > 0 && figure("failed tool calls", percent(sum(tools, (t) => t.errors) / calls), "of " + count(calls)));
}

function key(colour, words, kind) {
    return el("span", {}, el("span", { class: "swatch line " + colour + " " + (kind || ""), "aria-hidden": "true" }), words);
}

function curveTable(points) {
    const known = (get) => points.some((p) => get(p) !== null);
    return table("Rewards, step by step", [
        { head: "step", key: true, of: (p) => String(p.step) },
        { head: "of", of: (p) => (p.phase === "train" ? "training" : "evaluation") + (p.complete ? "" : ", not whole") },
        { head: "mean", num: true, of: (p) => reward(p.mean) },
        known((p) => p.interval.low) && { head: "95 % interval", num: true, of: rangeOf },
        { head: "ungraded at \u22121", num: true, of: (p) => reward(p.penalised_mean), hint: "the service's train_mean_reward (EV-4)" },
        known((p) => p.pass_rate) && { head: "pass", num: true, of: (p) => percent(p.pass_rate) },
        { head: "rollouts", num: true, of: (p) => count(p.rollouts) },
        { head: "graded", num: true, of: (p) => count(p.graded) },
        { head: "took", num: true, of: (p) => seconds(p.seconds) },
    ].filter(Boolean), points);
}

/* What each grader of a multi gave at each evaluation, or where there are none at each step: a
 * reward that rises can hide a part that falls. */
const PARTS_SHOWN = 8;
const PARTS_AT_ONCE = 24;

function partsTable(points) {
    const evaluations = points.filter((p) => p.phase === "valid");
    const shown = (evaluations.length > 1 ? evaluations : points).filter((p) => p.parts);
    const names = shown.length ? Object.keys(shown[0].parts) : [];
    if (!names.length)
        return null;
    const all = table("Sub-scores by " + (evaluations.length > 1 ? "evaluation" : "step"), [
        { head: "step", key: true, of: (p) => String(p.step) },
        { head: "reward", num: true, of: (p) => reward(p.mean) },
        ...names.slice(0, PARTS_SHOWN).map((name) => ({ head: shortened(name), num: true, of: (p) => reward(p.parts[name]) })),
    ], shown);
    return [names.length > PARTS_SHOWN && note(`The first ${count(PARTS_SHOWN)} of ${count(names.length)} graders.`),
        shown.length > PARTS_AT_ONCE ? fold("Sub-scores as a table", all) : all];
}

/* What a chart shows, for those who do not see it. */
function curveWords(points) {
    return ["valid", "train"].map((phase) => {
        const all = byStep(points, phase);
        const name = phase === "valid" ? "Evaluations" : "Training";
        const at = (p) => `${reward(p.mean)} at step ${p.step}`;
        return !all.length ? "" : `${name}: mean reward ${at(all[0])}${all.length > 1 ? ", " + at(all[all.length - 1]) : ""}. `;
    }).join("") + "The table below has every point.";
}

function curveLegend(points, threshold) {
    const valid = byStep(points, "valid");
    const train = byStep(points, "train");
    return el("p", { class: "legend" }, valid.length > 0 && key("valid", "evaluation"), train.length > 0 && key("train", "training, of the graded"),
        train.some((p) => p.penalised_mean !== null && p.penalised_mean !== p.mean) && key("train", "training, ungraded at \u22121 (the service's figure)", "dashed"),
        valid.some((p) => p.interval.low !== null) && el("span", { class: "muted" }, "bars: 95 % of an evaluation, clustered by row"),
        threshold !== null && el("span", { class: "muted" }, "dotted: pass_threshold " + number(threshold, 2)));
}

function alarmNotes() {
    const { gap, growth } = data.report.alarms;
    return [gap.state === "raised" && note("Training runs ahead of validation: the gap grew from ", reward(gap.first_third), " to ", reward(gap.last_third), "."),
        growth.state === "raised" && note("What is written grew from ", number(growth.first_third, 1), " to ", number(growth.last_third, 1), " ", growth.of.replace(/_/g, " "), ".")];
}

function fillRewards() {
    const points = data.report.curve;
    const threshold = data.report.signal.pass_threshold;
    const box = el("div", { class: "chart", role: "img", "aria-label": curveWords(points) });
    const readout = el("p", { class: "readout" }, "\u00a0");
    const drawn = points.some((p) => p.mean !== null);
    fill("rewards-body", drawn ? [figures(), curveLegend(points, threshold), box, readout] : note("There are no rewards."),
        data.every > 1 && note(`There are many steps: of training every ${count(data.every)}th is shown.`),
        alarmNotes(), points.length > 0 && fold("The curve as a table", curveTable(points)), partsTable(points));
    if (drawn)
        chart(box, () => [curveOptions(points, threshold, readout), curveData(points)]);
}

/* Outcomes. */

const PHASE_WORDS = { train: "training", valid: "evaluations" };
const CAPITAL = { train: "Training", valid: "Evaluations" };

/* Parts of a whole: [words, how many, class]. */
function stack(parts) {
    const all = parts.reduce((a, p) => a + p[1], 0);
    const words = parts.filter((p) => p[1]).map((p) => `${p[0]} ${percent(p[1] / all)}`).join(", ");
    return el("div", { class: "stack", role: "img", "aria-label": words }, parts.filter((p) => p[1]).map((p) => {
        const part = el("span", { class: p[2] });
        part.style.flexGrow = p[1];
        return part;
    }));
}

function outcomesOf(phase) {
    const o = data.report.outcomes[phase];
    if (!o || !(o.ended || o.planned))
        return null;
    const kinds = data.outcomes.map(([id, words]) => Object.assign({ id, words }, o.by_outcome[id])).filter((k) => k.n);
    const all = kinds.reduce((a, k) => a + k.n, 0);
    const below = [`${count(o.ended)} ended`, o.planned && `of ${count(o.planned)} planned`, `${count(o.graded)} graded`,
        o.unresponsive && `${count(o.unresponsive)} without an answer`].filter(Boolean).join(", ");
    return [el("h3", {}, CAPITAL[phase]), all > 0 && stack(kinds.map((k) => [k.id, k.n, "o-" + k.id])),
        note(below + "." + (Object.keys(o.by_outcome).length ? "" : " What became of the others a result file does not tell.")),
        kinds.length > 0 && table("Outcomes, " + PHASE_WORDS[phase], [
            { head: "outcome", key: true, of: (k) => el("span", { class: "nowrap" }, el("span", { class: "swatch o-" + k.id, "aria-hidden": "true" }), k.id) },
            { head: "what it means", of: (k) => k.words },
            { head: "rollouts", num: true, of: (k) => count(k.n) },
            { head: "share", num: true, of: (k) => percent(k.n / all) },
            { head: "first", of: (k) => link(k.first) },
        ], kinds)];
}

function fillOutcomes() {
    const parts = ["train", "valid"].map(outcomesOf);
    fill("outcomes-body", parts.some(Boolean) ? parts : note("How rollouts ended is not known."));
}

/* Signal. */

const GROUPS = ["live", "alone", "all_0", "all_top", "all_same"];
const deadOf = (g) => g.all_0 + g.all_top + g.all_same;
const sliceName = (s) => s.of.replace("train", "training").replace("_", " ") + (s.of === "train" ? "" : ", step " + s.step);

function meansTable(slices) {
    const of = (pair, s) => range(pair[0], pair[1], s.interval_state);
    return table("Mean reward and how sure it is", [
        { head: "of", key: true, of: sliceName },
        { head: "rows", num: true, of: (s) => count(s.rows) },
        { head: "graded", num: true, of: (s) => count(s.graded) + " of " + count(s.rollouts) },
        { head: "mean", num: true, of: (s) => reward(s.mean) },
        { head: "95 % (t)", num: true, of: (s) => of(s.interval_t, s), hint: "clustered by row" },
        { head: "95 % (bootstrap)", num: true, of: (s) => of(s.interval_bootstrap, s), hint: "rows drawn again and again" },
        { head: "least", num: true, of: (s) => reward(s.least) },
        { head: "most", num: true, of: (s) => reward(s.most) },
    ], slices);
}

/* A row for each threshold of any slice. */
function levelRows(slices) {
    const rows = new Map();
    slices.forEach((s, i) => s.levels.forEach((level) => {
        if (!rows.has(level.reward))
            rows.set(level.reward, [level, []]);
        rows.get(level.reward)[1][i] = level;
    }));
    return [...rows.values()].sort((a, b) => a[0].reward - b[0].reward);
}

function levelsTable(slices) {
    const cell = (level) => (!level ? NOT_KNOWN : [level.in_band && el("span", { class: "tag good", title: "25 to 50 % fail: where there is most to learn from" }, "in band"),
        " ", percent(level.pass_rate), bar(level.pass_rate)]);
    return table("Share of rollouts that reach a reward", [
        { head: "reward of at least", key: true, of: ([at]) => [number(at.reward, 2), at.is_pass_threshold && el("span", { class: "muted" }, " pass_threshold")] },
        ...slices.map((s, i) => ({ head: sliceName(s), num: true, of: ([, by]) => cell(by[i]) })),
    ], levelRows(slices));
}

function passesTable(s) {
    return s.passes.length > 0 && table(`${sliceName(s)}: a reward of ${number(s.bar, 2)} passes`, [
        { head: "k", key: true, of: (k) => String(k.k) },
        { head: "pass@k: one of k", num: true, of: (k) => percent(k.pass_at_k) },
        { head: "pass^k: all of k", num: true, of: (k) => percent(k.pass_hat_k) },
        { head: "rows", num: true, of: (k) => count(k.rows) },
    ], s.passes);
}

function needsTable(s) {
    return s.rows_needed_estimate.length > 0 && [table("Validation rows to see a gain, by " + sliceName(s), [
        { head: "gain", key: true, of: (n) => number(n.gain, 2) },
        { head: "if all rows gain the same", num: true, of: (n) => count(n.rows_if_all_gain_the_same) },
        { head: "if other rows are measured", num: true, of: (n) => count(n.rows_if_others_are_measured) },
    ], s.rows_needed_estimate),
    note("An estimate: an 80 % chance that a 95 % interval leaves out 0.", s.gain_seen_estimate !== null && ` The ${count(s.rows)} rows there are show a gain of ${reward(s.gain_seen_estimate)} or more.`)];
}

function groupsPart(signal) {
    const g = signal.groups;
    if (!g.groups)
        return null;
    const kinds = GROUPS.map((id, i) => ({ id, words: data.groups[i], n: g[id], colour: "g-" + id }));
    const by = kinds.filter((k) => k.n).map((k) => ({ head: k.words, num: true, of: (x) => count(x[k.id]) }));
    const place = (r) => (data.byPlace.has(r.place) ? rolloutLink(data.byPlace.get(r.place), open, placeName(r.place)) : placeName(r.place));
    return [el("h3", {}, "Groups"), stack(kinds.map((k) => [k.words, k.n, k.colour])),
        el("p", { class: "legend" }, kinds.filter((k) => k.n).map((k) => el("span", {}, el("span", { class: "swatch " + k.colour, "aria-hidden": "true" }), `${k.words}: ${count(k.n)} (${percent(k.n / g.groups)})`))),
        note("A group is the rollouts of one row in one step. One whose rewards are all the same is paid for and teaches nothing."),
        fold("Groups by step", table("Groups by step", [{ head: "step", key: true, of: (s) => String(s.step) },
            { head: "groups", num: true, of: (s) => count(s.groups) }, ...by], signal.steps)),
        fold("Groups by row, those with most dead ones first",
            signal.rows.length < signal.n_rows && note(`The first ${count(signal.rows.length)} of ${count(signal.n_rows)} rows.`),
            table("Groups by row", [{ head: "row", key: true, of: place }, { head: "graded", num: true, of: (r) => count(r.graded) },
                { head: "mean", num: true, of: (r) => reward(r.mean) }, { head: "groups", num: true, of: (r) => count(r.groups) }, ...by], signal.rows))];
}

function fillSignal() {
    const signal = data.report.signal;
    const measured = signal.slices.filter((s) => s.graded);
    if (!measured.length)
        return fill("signal-body", note("There are no graded rollouts to look for a signal in."));
    fill("signal-body", meansTable(signal.slices), levelsTable(measured),
        measured.map((s) => s.band[0] !== null && note(`${sliceName(s)}: any threshold from ${reward(s.band[0])} to ${reward(s.band[1])} leaves 25 to 50 % that fail.`)),
        groupsPart(signal),
        measured.some((s) => s.passes.length) && fold("One of k, all of k", measured.map(passesTable)),
        measured.some((s) => s.rows_needed_estimate.length) && fold("How many validation rows a gain needs", measured.map(needsTable)));
}

/* Tools. */

const toolName = (t) => (t.name ? code(shortened(t.name)) : "(no tool of the job)");
const kindWords = (id) => (data.kinds[id] ? data.kinds[id].words : null);

function toolsTable(tools) {
    const failures = (t) => Object.fromEntries(Object.entries(t.kinds).filter(([id]) => id !== "ok"));
    const tokens = tools.some((t) => t.output_tokens_mean !== undefined);
    return table("Tool calls", [
        { head: "tool", key: true, of: toolName },
        { head: "in", of: (t) => PHASE_WORDS[t.phase] },
        { head: "calls", num: true, of: (t) => count(t.calls) },
        { head: "failed", num: true, of: (t) => (t.errors_are_the_least ? "at least " : "") + count(t.errors) },
        { head: "rate", num: true, of: (t) => percent(t.error_rate) },
        tools.some((t) => Object.keys(failures(t)).length) && { head: "failures by kind", of: (t) => counted(failures(t), kindWords) },
        tools.some((t) => t.requests !== null) && { head: "requests", num: true, of: (t) => count(t.requests), hint: "first tries and further ones" },
        tools.some((t) => t.latency_p50_s !== null) ?
            ["p50", "p95", "p99"].map((q) => ({ head: q, num: true, of: (t) => seconds(t["latency_" + q + "_s"]) })) :
            { head: "mean time", num: true, of: (t) => seconds(t.latency_mean_s) },
        { head: tokens ? "tokens" : "bytes", num: true, of: (t) => count(tokens ? t.output_tokens_mean : t.output_bytes_mean), hint: "mean of an output" },
        tools.some((t) => t.first_failed) && { head: "first failure", of: (t) => link(t.first_failed) },
    ].flat().filter(Boolean), tools);
}

function binsTable(t, all) {
    return table(`Latencies of ${shortened(t.name)}, ${PHASE_WORDS[t.phase]}`, [
        { head: "from", num: true, of: (b) => seconds(b.low_s) }, { head: "to", num: true, of: (b) => seconds(b.high_s) },
        { head: "calls", num: true, of: (b) => count(b.n) }, { head: "share", num: true, of: (b) => [percent(b.n / all), bar(b.n / all)] },
    ], t.bins);
}

/* The chart of one tool, and what draws it once it stands on the page. */
function latencyPart(t, from, to) {
    const box = el("div", {
        class: "chart", role: "img", "aria-label": `Latencies of ${t.name}, ${PHASE_WORDS[t.phase]}: half within ${seconds(t.latency_p50_s)}, ` +
            `95 % within ${seconds(t.latency_p95_s)}. The table below has the numbers.`,
    });
    const readout = el("p", { class: "readout" });
    const part = el("div", { class: "small" }, el("h4", {}, toolName(t), " ", el("span", { class: "muted" }, PHASE_WORDS[t.phase])),
        box, readout, fold("As a table", binsTable(t, t.bins.reduce((a, b) => a + b.n, 0))));
    return [part, () => chart(box, () => [latencyOptions(t, from, to, readout), latencyData(t, from, to)])];
}

function fillTools() {
    const tools = data.report.tools;
    if (!tools.length)
        return fill("tools-body", note("No calls of tools are known."));
    tools.forEach((t, i) => { t.bins = (data.bins[i] || []).map(([at, low_s, high_s, n]) => ({ at, low_s, high_s, n })); });
    const timed = tools.filter((t) => t.bins.length);
    const from = Math.min(...timed.map((t) => t.bins[0].at)) - 1;
    const to = Math.max(...timed.map((t) => t.bins[t.bins.length - 1].at)) + 2;
    const parts = timed.map((t) => latencyPart(t, from, to));
    fill("tools-body", toolsTable(tools), timed.length > 0 && [el("h3", {}, "Latencies"),
        note("Dashed: p50, p95 and p99. All have the same axis."), el("div", { class: "smalls" }, parts.map(([part]) => part))]);
    for (const [, draw] of parts)
        draw();
}

/* Graders. */

function fillGraders() {
    const graders = data.report.graders;
    if (!graders.length)
        return fill("graders-body", note("Nothing was graded."));
    const known = (get) => graders.some((g) => get(g) !== null);
    fill("graders-body", table("Grades", [
        { head: "grader", key: true, of: (g) => [g.key !== null && el("span", { class: "muted" }, "\u2514 "), shortened(g.key || g.name || "grader")] },
        { head: "type", of: (g) => g.type || NOT_KNOWN },
        { head: "in", of: (g) => PHASE_WORDS[g.phase] },
        { head: "graded", num: true, of: (g) => count(g.graded) },
        { head: "mean", num: true, of: (g) => reward(g.mean) },
        known((g) => g.spread) && { head: "spread", num: true, of: (g) => reward(g.spread), hint: "standard deviation" },
        known((g) => g.least) && { head: "least", num: true, of: (g) => reward(g.least) },
        known((g) => g.most) && { head: "most", num: true, of: (g) => reward(g.most) },
        { head: "in error", num: true, of: (g) => (g.key !== null ? "" : percent(g.error_share)) },
        graders.some((g) => Object.keys(g.errors).length) && { head: "errors", of: (g) => counted(g.errors, (id) => ERROR_WORDS[id]) },
        known((g) => g.latency_p50_s) && ["p50", "p95"].map((q) => ({ head: q, num: true, of: (g) => (g.key !== null ? "" : seconds(g["latency_" + q + "_s"])) })),
        known((g) => g.first_error) && { head: "first error", of: (g) => link(g.first_error) },
    ].flat().filter(Boolean), graders), picksPart());
}

function picksPart() {
    const { worst, best } = data.report.picks;
    const part = (name, list) => list.length > 0 && table(name, [
        { head: "rollout", key: true, of: link },
        { head: "when", of: (r) => (r.phase === "valid" ? "evaluation at step " : "step ") + r.step + ", sample " + r.sample },
        { head: "reward", num: true, of: (r) => reward(r.reward) },
        { head: "turns", num: true, of: (r) => count(r.turns) },
        { head: "calls", num: true, of: (r) => count(r.calls) },
    ], list);
    return el("div", { class: "pair" }, part("Worst rollouts", worst), part("Best rollouts", best));
}
