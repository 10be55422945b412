/* Start: read the data, fill the page. */

const data = JSON.parse(document.getElementById("data").textContent);

/* Rollouts come as columns, which are small; from here on each is an object. */
function unfold() {
    const c = data.rollouts;
    const names = Object.keys(c);
    const known = (v) => (v === -1 ? null : v);
    data.rollouts = c.id.map((_, i) => Object.fromEntries(names.map((name) => [name, c[name][i]])));
    for (const r of data.rollouts) {
        r.turns = known(r.turns);
        r.calls = known(r.calls);
        r.failed = known(r.failed);
        r.why = data.whys[r.why] || null;
    }
    data.waves = data.waves.phase ? data.waves.phase.map((phase, i) => ({ phase, step: data.waves.step[i] })) : [];
    data.byId = new Map(data.rollouts.map((r, i) => [r.id, i]));
    data.byPlace = new Map(data.rollouts.map((r, i) => [rolloutPlace(r), i]).reverse()); /* the first of each */
}

/* What is left out, and how to get about. */
function fillFoot() {
    const t = data.transcripts;
    const left = data.left_out;
    fill("foot",
        left.rollouts > 0 && el("p", {}, `${count(left.rollouts)} rollouts of ${plural(left.rows, "row")} are left out of the map, so that the page stays small; all figures are over all of them.`),
        t.n < data.rollouts.length + left.rollouts && el("p", {}, t.n ? `Transcripts: ${count(t.n)} of ${count(data.rollouts.length + left.rollouts)} rollouts are in this file, the worst and the best of each row first.` : t.why),
        el("p", {}, "Keys: Tab to the map, arrow keys within it, Enter for a transcript; j and k for the next and the one before, Esc to close."),
        el("p", {}, "Made by rftsim ", data.program, " of ", code(data.report.path), ". Charts by uPlot ", data.uplot, " (MIT). Nothing in this page reaches the network."));
}

/* Colours of a chart are those of the moment it was drawn in; paper is white, and shows all there is. */
function watchColours() {
    const folded = [];
    const root = document.documentElement;
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", redraw);
    addEventListener("beforeprint", () => {
        root.dataset.paper = "";
        for (const d of document.querySelectorAll("main details:not([open])")) {
            folded.push(d);
            d.open = true;
        }
        redraw();
    });
    addEventListener("afterprint", () => {
        delete root.dataset.paper;
        for (const d of folded.splice(0))
            d.open = false;
        redraw();
    });
}

function start() {
    unfold();
    const reader = new Reader();
    open = (i, list) => reader.open(i, list);
    fillHead();
    fillVerdict();
    fillRewards();
    fillOutcomes();
    fillSignal();
    fillTools();
    fillGraders();
    if (data.rollouts.length)
        new HeatMap(open);
    else
        fill("heat", note("Single rollouts are not known."));
    fillFoot();
    watchColours();
    reader.byAddress();
}

start();
