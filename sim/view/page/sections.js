/* The parts of the page, top to bottom, each from its part of the data. */

let open = null; /* opens a rollout, by its place in data.rollouts */

/* Rollouts as links, by their index in the run; those that are not in this file are left out. */
function links(indexes) {
    const found = (indexes || []).map((i) => data.byIndex.get(i)).filter((i) => i !== undefined);
    return found.flatMap((i, k) => [k ? ", " : "", rolloutLink(i, open, shortened(rolloutPlace(data.rollouts[i])))]);
}

function fillHead() {
    const r = data.run;
    fill("title", r.title || r.path);
    const parts = [r.model && ["model", r.model],
        r.policy ? ["policy", r.policy + ", in the model's place"] : r.source === "run" ? null : ["policy", "the service's model"],
        r.state && ["state", r.state], r.seed >= 0 && ["seed", String(r.seed)],
        r.total_steps && ["steps", count(r.steps_done) + " of " + count(r.total_steps)],
        r.started_at && ["started", r.started_at]].filter(Boolean);
    fill("about", parts.map(([k, v]) => el("span", { class: "fact" }, el("span", { class: "muted" }, k + " "), v)));
    document.title = (r.title || r.path) + " \u00b7 rftsim report";
    fill("nav", [...document.querySelectorAll("main section")].map((s) => {
        const words = { verdict: "Verdict" }[s.id] || s.querySelector("h2").textContent;
        return el("a", { href: "#" + s.id }, words);
    }));
}

/* The verdict. */

const SEVERITY = { fatal: "fatal", warning: "warning", fine: "fine" };

function verdictLine(line) {
    const behind = links(line.rollouts);
    return el("li", { class: line.severity },
        el("span", { class: "mark" }, SEVERITY[line.severity]),
        el("div", {}, el("p", {}, line.text),
            (line.evidence || behind.length || line.command) && el("p", { class: "evidence" },
                (behind.length || line.evidence) && el("span", {}, behind.length ? ["see ", behind] : line.evidence), line.command && code(line.command))));
}

function fillVerdict() {
    const v = data.verdict;
    if (!v)
        return fill("verdict-body", note("There is no verdict on it."));
    const shown = v.lines.slice(0, v.shown);
    const more = v.lines.slice(v.shown);
    fill("verdict-body", el("p", { class: "answer " + v.severity }, v.words[0].toUpperCase() + v.words.slice(1)),
        el("ul", { class: "verdict" }, shown.map(verdictLine)),
        (more.length || v.unchecked.length) && fold(
            [more.length && plural(more.length, "more line"), v.unchecked.length && plural(v.unchecked.length, "rule") + " not checked"].filter(Boolean).join(", "),
            el("ul", { class: "verdict" }, more.map(verdictLine)),
            v.unchecked.length > 0 && [note("Not checked, because this does not tell enough:"),
                el("ul", { class: "plain" }, v.unchecked.map((words) => el("li", {}, words)))]));
}

/* Rewards: figures, the curve, its table. */

function figure(name, value, below) {
    return el("div", { class: "figure" }, el("dt", {}, name), el("dd", {}, el("b", {}, value), below && el("span", { class: "muted" }, below)));
}

function lastPoint(phase) {
    const all = byStep(data.curve.points, phase);
    return all.filter((p) => p.complete).pop() || all.pop();
}

function figures() {
    const out = [];
    for (const [phase, words] of [["valid", "last evaluation"], ["train", "last training step"]]) {
        const p = lastPoint(phase);
        if (p)
            out.push(figure(words, reward(p.mean), "step " + p.step + (phase === "valid" && !p.interval.why ? ", " + range(p.interval) : "")));
    }
    const all = ["train", "valid"].map((p) => data.outcomes[p]).filter((o) => o.known);
    const sum = (key) => all.reduce((a, o) => a + o[key], 0);
    if (all.length) {
        out.push(figure("rollouts", count(sum("n")), percent(shareOf(sum("n_graded"), sum("n"))) + " graded"));
        out.push(figure("thrown away", count(sum("n_discarded")), percent(shareOf(sum("n_discarded"), sum("n")))));
    }
    if (data.signal && data.signal.groups.n)
        out.push(figure("dead groups", percent(data.signal.groups.dead / data.signal.groups.n), "of " + count(data.signal.groups.n)));
    const failed = data.tools.reduce((a, t) => a + t.n_failed, 0);
    const calls = data.tools.reduce((a, t) => a + t.n_failed + t.n_ok, 0);
    if (calls)
        out.push(figure("failed tool calls", percent(failed / calls), "of " + count(calls)));
    return el("dl", { class: "figures" }, out);
}

function key(colour, words, kind) {
    return el("span", {}, el("span", { class: "swatch line " + colour + " " + (kind || ""), "aria-hidden": "true" }), words);
}

function curveTable(points) {
    const known = (get) => points.some((p) => get(p) !== null && get(p) !== undefined);
    return table("Rewards, step by step", [
        { head: "step", key: true, of: (p) => String(p.step) },
        { head: "", of: (p) => (p.phase === "train" ? "training" : "evaluation") + (p.complete ? "" : ", not whole") },
        { head: "mean", num: true, of: (p) => reward(p.mean) },
        known((p) => p.interval.low) && { head: "95 % interval", num: true, of: (p) => range(p.interval) },
        { head: "ungraded at \u22121", num: true, of: (p) => reward(p.penalised), hint: "the service's train_mean_reward (EV-4)" },
        known((p) => p.pass_rate) && { head: "pass", num: true, of: (p) => percent(p.pass_rate) },
        { head: "rollouts", num: true, of: (p) => count(p.n) },
        { head: "graded", num: true, of: (p) => count(p.n_graded) },
        { head: "took", num: true, of: (p) => seconds(p.seconds) },
    ].filter(Boolean), points);
}

function fillRewards() {
    const points = data.curve.points;
    const box = el("div", { class: "chart", role: "img", "aria-label": curveWords(points) });
    const readout = el("p", { class: "readout" }, "\u00a0");
    const threshold = data.run.pass_threshold;
    const penalised = points.some((p) => p.phase === "train" && p.penalised !== null && p.penalised !== p.mean);
    const intervals = byStep(points, "valid").some((p) => p.interval.low !== undefined && !p.interval.why);
    const drawn = points.some((p) => p.mean !== null);
    fill("rewards-body", figures(),
        drawn && el("p", { class: "legend" }, byStep(points, "valid").length > 0 && key("valid", "evaluation"),
            byStep(points, "train").length > 0 && key("train", "training, of the graded"),
            penalised && key("train", "training, ungraded at \u22121 (the service's figure)", "dashed"),
            intervals && el("span", { class: "muted" }, "bars: 95 % of an evaluation, clustered by row"),
            threshold !== null && el("span", { class: "muted" }, "dotted: pass_threshold " + number(threshold, 2))),
        drawn && box, drawn && readout,
        data.curve.every > 1 && note(`There are many steps: of training every ${count(data.curve.every)}th is shown.`),
        alarmNotes(),
        points.length > 0 && fold("The curve as a table", curveTable(points)));
    if (drawn)
        chart(box, () => [curveOptions(points, threshold, readout), curveData(points)]);
}

/* What a chart shows, for those who do not see it. */
function curveWords(points) {
    return ["valid", "train"].map((phase) => {
        const all = byStep(points, phase);
        if (!all.length)
            return null;
        const name = phase === "valid" ? "Evaluations" : "Training";
        const from = all[0];
        const to = all[all.length - 1];
        return all.length === 1 ? `${name}: mean reward ${reward(from.mean)} at step ${from.step}.` :
            `${name}: mean reward ${reward(from.mean)} at step ${from.step}, ${reward(to.mean)} at step ${to.step}.`;
    }).filter(Boolean).join(" ") + " The table below has every point.";
}

function alarmNotes() {
    const { gap, growth } = data.curve;
    return [gap.raised && note("Training runs ahead of validation: the gap grew from ", reward(gap.first), " to ", reward(gap.last), "."),
        growth.raised && note("What is written at a step grew from ", number(growth.first, 1), " to ", number(growth.last, 1), " ", growth.unit, ".")];
}

/* Outcomes. */

const PHASE_WORDS = { train: "training", valid: "evaluations" };

function outcomeBar(o) {
    const parts = o.kinds.filter((k) => k.n);
    const node = el("div", { class: "stack", role: "img", "aria-label": parts.map((k) => `${k.id} ${percent(k.n / o.total)}`).join(", ") },
        parts.map((k) => {
            const part = el("span", { class: "o-" + k.id });
            part.style.flexGrow = k.n;
            return part;
        }));
    return node;
}

function outcomesOf(phase) {
    const o = data.outcomes[phase];
    if (!o.known || !(o.n || o.n_cancelled || o.n_planned))
        return null;
    o.total = o.kinds.reduce((a, k) => a + k.n, 0);
    const head = el("h3", {}, PHASE_WORDS[phase][0].toUpperCase() + PHASE_WORDS[phase].slice(1));
    const below = [`${count(o.n)} ended`, o.n_planned && `of ${count(o.n_planned)} planned`, `${count(o.n_graded)} graded`,
        o.n_silent && `${count(o.n_silent)} without an answer`].filter(Boolean).join(", ");
    if (!o.by_kind)
        return [head, note(below + ". Which of the others were thrown away for what, the service's result file does not tell.")];
    return [head, outcomeBar(o), note(below + "."), table("Outcomes, " + PHASE_WORDS[phase], [
        { head: "outcome", key: true, of: (k) => el("span", { class: "nowrap" }, el("span", { class: "swatch o-" + k.id, "aria-hidden": "true" }), k.id) },
        { head: "what it means", of: (k) => k.words },
        { head: "rollouts", num: true, of: (k) => count(k.n) },
        { head: "share", num: true, of: (k) => percent(shareOf(k.n, o.total)) },
        { head: "first", of: (k) => links(k.first === null ? [] : [k.first]) },
    ], o.kinds.filter((k) => k.n))];
}

function fillOutcomes() {
    const parts = ["train", "valid"].map(outcomesOf);
    fill("outcomes-body", parts.some(Boolean) ? parts : note("How rollouts ended is not known."));
}

/* Signal. */

function sliceName(s) {
    return s.phase === "train" ? "training" : s.words + ", step " + s.step;
}

function levelsTable(slices) {
    return table("Share of rollouts that reach a reward", [
        { head: "reward of at least", key: true, of: ([at]) => [number(at.at, 2), at.threshold && el("span", { class: "muted" }, " pass_threshold")] },
        ...slices.map((s, i) => ({
            head: sliceName(s), num: true, of: ([, by]) => {
                const level = by[i];
                return level ? [level.band && el("span", { class: "tag good", title: "25 to 50 % fail: where there is most to learn from" }, "in band"), " ", percent(level.rate), bar(level.rate)] : NOT_KNOWN;
            },
        })),
    ], levelRows(slices));
}

/* A row for each threshold of any slice. */
function levelRows(slices) {
    const rows = new Map();
    slices.forEach((s, i) => s.levels.forEach((level) => {
        if (!rows.has(level.at))
            rows.set(level.at, [level, []]);
        rows.get(level.at)[1][i] = level;
    }));
    return [...rows.values()].sort((a, b) => a[0].at - b[0].at);
}

function ksTable(s) {
    return s.ks.length > 0 && table(`One of k, all of k: ${sliceName(s)}, a reward of ${number(s.bar, 2)} passes`, [
        { head: "k", key: true, of: (k) => String(k.k) },
        { head: "pass@k", num: true, of: (k) => percent(k.any), hint: "at least one of k rollouts passes" },
        { head: "pass^k", num: true, of: (k) => percent(k.all), hint: "all of k rollouts pass" },
        { head: "rows", num: true, of: (k) => count(k.rows) },
    ], s.ks);
}

function needsTable(s) {
    return s.needs.length > 0 && [table("Validation rows needed to see a gain, at " + sliceName(s), [
        { head: "gain", key: true, of: (n) => number(n.gain, 2) },
        { head: "rows, before and after on the same", num: true, of: (n) => count(n.same) },
        { head: "rows, on different ones", num: true, of: (n) => count(n.other) },
    ], s.needs),
    note("An estimate: an 80 % chance that a 95 % interval leaves out 0.", s.seen !== null && ` The ${count(s.rows)} rows there are show a gain of ${number(s.seen, 3)} or more.`)];
}

function groupsPart(signal) {
    const g = signal.groups;
    if (!g.n)
        return null;
    const kinds = signal.group_words.map((words, i) => ({ words, i, n: g.by[i] }));
    const stack = el("div", { class: "stack", role: "img", "aria-label": kinds.filter((k) => k.n).map((k) => `${k.words} ${percent(k.n / g.n)}`).join(", ") },
        kinds.filter((k) => k.n).map((k) => {
            const part = el("span", { class: "g-" + k.i });
            part.style.flexGrow = k.n;
            return part;
        }));
    const by = (row) => kinds.map((k) => ({ head: k.words, num: true, of: (x) => count(x.by[k.i]) }));
    return [el("h3", {}, "Groups"), stack,
        el("p", { class: "legend" }, kinds.filter((k) => k.n).map((k) => el("span", {}, el("span", { class: "swatch g-" + k.i, "aria-hidden": "true" }), `${k.words}: ${count(k.n)} (${percent(k.n / g.n)})`))),
        note("A group is the rollouts of one row in one step. One whose rewards are all the same is paid for and teaches nothing."),
        fold("Groups by step", table("Groups by step", [{ head: "step", key: true, of: (s) => String(s.step) },
            { head: "groups", num: true, of: (s) => count(s.n) }, ...by()], signal.steps)),
        fold("Groups by row, those with most dead ones first", signal.rows.length < signal.n_rows && note(`The first ${count(signal.rows.length)} of ${count(signal.n_rows)} rows.`),
            table("Groups by row", [{ head: "row", key: true, of: (r) => links([r.first]).length ? links([r.first]) : data.run.files.train.path + ":" + r.line },
                { head: "mean", num: true, of: (r) => reward(r.mean) }, { head: "rollouts", num: true, of: (r) => count(r.n) }, ...by()], signal.rows))];
}

function fillSignal() {
    const s = data.signal;
    if (!s || !s.slices.length)
        return fill("signal-body", note("There are no rollouts to look for a signal in: a result file has means only."));
    const measured = s.slices.filter((x) => x.n_graded);
    fill("signal-body",
        table("Mean reward and how sure it is", [
            { head: "", key: true, of: sliceName },
            { head: "rows", num: true, of: (x) => count(x.rows) },
            { head: "graded", num: true, of: (x) => count(x.n_graded) + " of " + count(x.n) },
            { head: "mean", num: true, of: (x) => reward(x.mean) },
            { head: "95 % (t)", num: true, of: (x) => range(x.t), hint: "clustered by row" },
            { head: "95 % (bootstrap)", num: true, of: (x) => range(x.bootstrap), hint: "rows drawn again and again" },
            { head: "least", num: true, of: (x) => reward(x.least) },
            { head: "most", num: true, of: (x) => reward(x.most) },
        ], s.slices),
        measured.length > 0 && levelsTable(measured),
        measured.map((x) => x.band && note(`${sliceName(x)}: any threshold from ${number(x.band[0], 3)} to ${number(x.band[1], 3)} leaves 25 to 50 % that fail.`)),
        groupsPart(s),
        measured.length > 0 && fold("One of k, all of k", measured.map(ksTable)),
        measured.some((x) => x.needs.length) && fold("How many validation rows a gain needs", measured.map(needsTable)));
}

/* Tools. */

function worst(t) {
    const kinds = t.kinds.filter((k) => k.id !== "ok" && k.n).sort((a, b) => b.n - a.n);
    return kinds.map((k, i) => [i ? ", " : "", el("span", { title: data.kinds[k.id] ? data.kinds[k.id].words : null }, `${k.id} ${count(k.n)}`)]);
}

function binsTable(t) {
    return table(`Latencies of ${t.name}, ${PHASE_WORDS[t.phase]}`, [
        { head: "from", num: true, of: (b) => seconds(b.low_s) }, { head: "to", num: true, of: (b) => seconds(b.high_s) },
        { head: "calls", num: true, of: (b) => count(b.n) }, { head: "share", num: true, of: (b) => [percent(b.n / t.n_timed), bar(b.n / t.n_timed)] },
    ], t.bins);
}

function latencyPart(t, from, to) {
    const box = el("div", { class: "chart", role: "img", "aria-label": `Latencies of ${t.name}, ${PHASE_WORDS[t.phase]}: half within ${seconds(t.p50_s)}, 95 % within ${seconds(t.p95_s)}. The table below has the numbers.` });
    const readout = el("p", { class: "readout" });
    const part = el("div", { class: "small" }, el("h4", {}, code(shortened(t.name || "(no tool of the job)")), " ", el("span", { class: "muted" }, PHASE_WORDS[t.phase])),
        box, readout, fold("As a table", binsTable(t)));
    return [part, () => chart(box, () => [latencyOptions(t, from, to, readout), latencyData(t, from, to)])];
}

function fillTools() {
    if (!data.tools.length)
        return fill("tools-body", note("No calls of tools are known."));
    const timed = data.tools.filter((t) => t.bins.length);
    const from = Math.min(...timed.map((t) => t.bins[0].at)) - 1;
    const to = Math.max(...timed.map((t) => t.bins[t.bins.length - 1].at)) + 2;
    const parts = timed.map((t) => latencyPart(t, from, to));
    const tokens = data.tools.some((t) => t.output_is_tokens);
    fill("tools-body", table("Tool calls", [
        { head: "tool", key: true, of: (t) => (t.name ? code(shortened(t.name)) : "(no tool of the job)") },
        { head: "in", of: (t) => PHASE_WORDS[t.phase] },
        { head: "calls", num: true, of: (t) => count(t.n_ok + t.n_failed) },
        { head: "failed", num: true, of: (t) => (t.failed_is_least ? "at least " : "") + count(t.n_failed) },
        { head: "rate", num: true, of: (t) => percent(t.error_rate) },
        { head: "failures by kind", of: worst },
        { head: "requests", num: true, of: (t) => count(t.n_requests), hint: "tries and retries" },
        ...["p50", "p95", "p99"].map((q) => ({ head: q, num: true, of: (t) => seconds(t[q + "_s"]) })),
        { head: tokens ? "tokens" : "bytes", num: true, of: (t) => count(t.output), hint: "mean of an output" },
        { head: "first failure", of: (t) => links(t.first_failed === null ? [] : [t.first_failed]) },
    ], data.tools),
    timed.length > 0 && [el("h3", {}, "Latencies"), note("Dashed: p50, p95 and p99. All have the same axis."), el("div", { class: "smalls" }, parts.map(([part]) => part))]);
    for (const [, draw] of parts)
        draw();
}

/* Graders. */

function fillGraders() {
    if (!data.graders.length)
        return fill("graders-body", note("Nothing was graded."));
    const errors = (g) => g.errors.map((e, i) => [i ? ", " : "", el("span", { title: ERROR_WORDS[e.id] }, `${e.id} ${count(e.n)}`)]);
    fill("graders-body", table("Grades", [
        { head: "grader", key: true, of: (g) => [g.part && el("span", { class: "muted" }, "\u2514 "), shortened(g.key || g.name || "grader")] },
        { head: "type", of: (g) => g.type || NOT_KNOWN },
        { head: "in", of: (g) => PHASE_WORDS[g.phase] },
        { head: "graded", num: true, of: (g) => count(g.n || null) },
        { head: "mean", num: true, of: (g) => reward(g.mean) },
        { head: "spread", num: true, of: (g) => reward(g.spread), hint: "standard deviation" },
        { head: "least", num: true, of: (g) => reward(g.least) },
        { head: "most", num: true, of: (g) => reward(g.most) },
        { head: "in error", num: true, of: (g) => (g.part ? "" : percent(g.error_share)) },
        { head: "errors", of: errors },
        { head: "p50", num: true, of: (g) => (g.part ? "" : seconds(g.p50_s)) },
        { head: "p95", num: true, of: (g) => (g.part ? "" : seconds(g.p95_s)) },
        { head: "first error", of: (g) => links(g.first_error === null ? [] : [g.first_error]) },
    ], data.graders), picksPart());
}

function picksPart() {
    const list = (indexes) => indexes.map((i) => data.byIndex.get(i)).filter((i) => i !== undefined).map((i) => data.rollouts[i]);
    const part = (name, rows) => rows.length > 0 && table(name, [
        { head: "rollout", key: true, of: (r) => links([r.index]) },
        { head: "when", of: rolloutWhen },
        { head: "reward", num: true, of: (r) => reward(r.reward) },
        { head: "turns", num: true, of: (r) => count(r.turns) },
        { head: "calls", num: true, of: (r) => count(r.calls) },
    ], rows);
    return el("div", { class: "pair" }, part("Worst rollouts", list(data.picks.worst)), part("Best rollouts", list(data.picks.best)));
}
