/* One rollout: what was said, which tools were called, and what the grader made of it. */

const TEXT_SHOWN = 4000; /* characters of a long text before it is asked for */

const ERROR_WORDS = {
    formula_parse_error: "calculate_output could not be worked out",
    sample_parse_error: "what the policy wrote could not be read",
    truncated_observation_error: "what the grader was to see was cut",
    unresponsive_reward_error: "there was no answer to grade",
    invalid_variable_error: "a template names something that the row or the sample does not have",
    other_error: "something else went wrong in the grader",
    python_grader_server_error: "no worker could be had for the grader's Python",
    python_grader_runtime_error: "the grader's Python raised an exception, gave no number, or took too long",
    model_grader_server_error: "the judge could not be reached",
    model_grader_refusal_error: "the judge refused",
    model_grader_parse_error: "the judge's reply could not be read",
    model_grader_exceeded_max_tokens_error: "the judge's reply was cut at its token limit",
    endpoint_grader_internal_error: "the grader's endpoint failed within",
    endpoint_grader_server_error: "the grader's endpoint could not be reached, or answered with an error",
    endpoint_grader_safety_check_error: "a safety check stopped the grader",
};

/* Transcripts lie in blocks, each compressed; a block is unpacked when it is first wanted. */
const blocks = new Map();

async function unpack(block) {
    const packed = Uint8Array.from(atob(data.transcripts.blocks[block]), (c) => c.charCodeAt(0));
    const stream = new Blob([packed]).stream().pipeThrough(new DecompressionStream("deflate"));
    return new Map((await new Response(stream).json()).map((t) => [t[0], t[1]]));
}

async function transcriptOf(i) {
    const { id, block } = data.rollouts[i];
    if (block < 0)
        return null;
    if (!blocks.has(block))
        blocks.set(block, unpack(block));
    return (await blocks.get(block)).get(id) || null;
}

/* A text as it stands, a long one in part at first. */
function passage(text, kind) {
    const box = el(kind || "pre", { class: "passage", tabindex: kind ? null : "0" });
    if (text.length <= TEXT_SHOWN)
        return add(box, [text]);
    const rest = el("button", {
        type: "button", class: "all",
        click: () => { box.replaceChildren(); add(box, [text]); rest.remove(); },
    }, `Show all ${count(text.length)} characters`);
    add(box, [text.slice(0, TEXT_SHOWN), "\u2026"]);
    return [box, rest];
}

/* JSON is laid out, other texts are as they are. */
function laidOut(text) {
    if (typeof text !== "string")
        return JSON.stringify(text, null, 2);
    if (!/^\s*[[{]/.test(text))
        return text;
    try {
        return JSON.stringify(JSON.parse(text), null, 2);
    } catch {
        return text;
    }
}

/* A message's content: a text, or parts of which some are texts. */
function contentText(content) {
    if (content === null || content === undefined)
        return "";
    if (typeof content === "string")
        return content;
    if (Array.isArray(content) && content.every((p) => p && typeof p.text === "string"))
        return content.map((p) => p.text).join("\n");
    return laidOut(content);
}

function said(role, content, extra) {
    return el("div", { class: "said " + role }, el("div", { class: "role" }, role),
        el("div", { class: "what" }, content ? passage(content, "div") : el("p", { class: "note" }, "nothing"), extra));
}

function messageNode(m) {
    if (!m || typeof m !== "object")
        return said("message", laidOut(m));
    const calls = Array.isArray(m.tool_calls) && m.tool_calls.length ? passage(laidOut(m.tool_calls)) : null;
    return said(typeof m.role === "string" ? m.role : "message", contentText(m.content), calls);
}

function callNode(c) {
    const failed = c.kind !== undefined && c.kind !== "ok";
    const facts = [c.status ? "status " + c.status : null, c.latency_s !== undefined ? seconds(c.latency_s) : null,
        c.attempts && c.attempts.length > 1 ? plural(c.attempts.length, "attempt") : null].filter(Boolean);
    return el("div", { class: failed ? "call failed" : "call" },
        el("p", { class: "call-head" }, el("b", {}, code(shortened(c.tool || "(no tool of the job)"))), " ",
            c.kind !== undefined && el("span", { class: failed ? "tag bad" : "tag" }, c.kind), " ",
            el("span", { class: "muted" }, facts.join(", "))),
        failed && data.kinds[c.kind] && note(data.kinds[c.kind].words, data.kinds[c.kind].fix && [". ", data.kinds[c.kind].fix]),
        el("div", { class: "part" }, "arguments"), passage(laidOut(c.arguments === undefined ? "" : c.arguments)),
        el("div", { class: "part" }, "output", c.output_bytes && ` (cut; it was ${count(c.output_bytes)} bytes)`),
        passage(c.output === undefined || c.output === null ? "" : laidOut(c.output)),
        attemptsNode(c.attempts));
}

function attemptsNode(attempts) {
    if (!attempts || attempts.length < 2 && !(attempts.length && attempts[0].fault))
        return null;
    return table("attempts", [
        { head: "attempt", key: true, of: (a) => String(attempts.indexOf(a) + 1) },
        { head: "status", num: true, of: (a) => (a.status ? String(a.status) : NOT_KNOWN) },
        { head: "what happened", of: (a) => a.fault || "answered" },
        { head: "took", num: true, of: (a) => seconds(a.latency_s) },
    ], attempts);
}

function turnNode(turn) {
    const calls = (turn.calls || []).map(callNode);
    return [turn.text || !calls.length ? said("assistant", turn.text || "") : null,
        calls.length ? el("div", { class: "said tool" }, el("div", { class: "role" }, "tools"), el("div", { class: "what" }, calls)) : null];
}

function gradeNode(t) {
    const g = t.grade;
    if (!g)
        return note("It came to no grade" + (t.why ? ": " + t.why : "") + ". No reward is made up for it; in the service's train_mean_reward it counts as \u22121 (EV-4).");
    const errorsOf = (list) => (list && list.length ? list.map((e) => el("span", { class: "tag bad", title: ERROR_WORDS[e] }, e)) : NOT_KNOWN);
    const rows = [Object.assign({ key: null }, g), ...(g.parts || [])];
    const explained = [...new Set(rows.flatMap((r) => r.errors || []))];
    return [table("What the grader said", [
        { head: "grader", key: true, of: (r) => shortened(r.key || r.name || "grader") },
        { head: "type", of: (r) => r.type || NOT_KNOWN },
        { head: "reward", num: true, of: (r) => reward(r.reward) },
        { head: "errors", of: (r) => errorsOf(r.errors) },
        { head: "took", num: true, of: (r) => seconds(r.seconds) },
    ], rows),
    explained.map((e) => note(code(e), ": " + (ERROR_WORDS[e] || "an error of the grader") + "; the grade is then 0 (GAP-9).")),
    t.why && note(t.why),
    data.job_grader && fold("The grader as the job has it", passage(JSON.stringify(data.job_grader, null, 2)))];
}

function factsNode(r, t) {
    const facts = [["outcome", data.outcomes[r.outcome].join(": ")],
        ["reward", r.reward === null ? "none" : reward(r.reward)],
        ["turns", count(r.turns)], ["tool calls", count(r.calls) + (r.failed > 0 ? ", " + count(r.failed) + " failed" : "")],
        ["took", seconds(r.seconds)], ["id", String(r.id)]];
    if (t && t.trace_id)
        facts.push(["trace_id", code(t.trace_id)]);
    return el("dl", { class: "facts" }, facts.map(([k, v]) => el("div", {}, el("dt", {}, k), el("dd", {}, v))));
}

/* The answer, where it is not the text of the last turn already. */
function answerNode(t) {
    const last = (t.turns || [])[(t.turns || []).length - 1];
    if (t.answer === undefined || last && last.text === t.answer)
        return null;
    return said("answer", t.answer === null ? "" : t.answer);
}

class Reader {
    constructor() {
        this.dialog = document.getElementById("rollout");
        this.list = [];
        this.wanted = 0; /* what was asked for last; unpacking takes its time */
        const on = (id, f) => document.getElementById(id).addEventListener("click", f);
        on("rollout-close", () => this.dialog.close());
        on("rollout-back", () => this.step(-1));
        on("rollout-on", () => this.step(1));
        this.dialog.addEventListener("close", () => this.closed());
        this.dialog.addEventListener("click", (e) => e.target === this.dialog && this.dialog.close());
        this.dialog.addEventListener("keydown", (e) => this.key(e));
        addEventListener("hashchange", () => this.byAddress());
    }

    /* `list` is what previous and next go through. */
    async open(i, list) {
        this.list = list || data.rollouts.map((r, k) => k);
        await this.show(i);
    }

    async show(i) {
        const wanted = this.wanted = i;
        const r = data.rollouts[i];
        const name = "#rollout-" + r.id;
        let body;
        try {
            const t = await transcriptOf(i);
            body = t ? this.told(r, t) : [factsNode(r), this.missing(r)];
        } catch (error) {
            body = [factsNode(r), note("The transcript cannot be unpacked: " + error.message +
                ". Browsers since 2023 can; the database in the run's folder has it too.")];
        }
        if (wanted !== this.wanted)
            return;
        fill("rollout-title", rolloutPlace(r));
        fill("rollout-when", rolloutWhen(r));
        fill("rollout-body", body).scrollTop = 0;
        const at = this.list.indexOf(i);
        document.getElementById("rollout-back").disabled = at <= 0;
        document.getElementById("rollout-on").disabled = at < 0 || at === this.list.length - 1;
        if (!this.dialog.open)
            this.dialog.showModal();
        if (location.hash !== name)
            history.replaceState(null, "", name);
    }

    told(r, t) {
        return [factsNode(r, t), el("h3", {}, "Grade"), gradeNode(t), el("h3", {}, "Conversation"),
            el("div", { class: "conversation" }, (t.messages || []).map(messageNode), (t.turns || []).map(turnNode), answerNode(t))];
    }

    missing(r) {
        return [r.why && note(r.why), note(data.transcripts.why || "The transcript of this rollout is not in this file.")];
    }

    step(by) {
        const at = this.list.indexOf(this.wanted) + by;
        if (at >= 0 && at < this.list.length)
            this.show(this.list[at]);
    }

    key(e) {
        const moves = { j: 1, k: -1 };
        if (moves[e.key] && !e.ctrlKey && !e.metaKey && !e.altKey)
            this.step(moves[e.key]);
    }

    closed() {
        if (location.hash.startsWith("#rollout-"))
            history.replaceState(null, "", location.pathname + location.search);
        document.querySelector(`[data-rollout="${this.wanted}"]`)?.focus();
    }

    byAddress() {
        const m = /^#rollout-(\d+)$/.exec(location.hash);
        const i = m ? data.byId.get(Number(m[1])) : undefined;
        if (i !== undefined)
            this.open(i);
    }
}
