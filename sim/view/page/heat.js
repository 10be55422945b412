/* The heat map: a row of the table is a row of the dataset, a cell a rollout. A grid after ARIA's
 * pattern: one cell is in the order of Tab, arrow keys move, Enter opens the transcript. */

const HEAT_PAGE = 40; /* rows of the dataset shown at once */

const ORDERS = {
    lowest: ["lowest mean first", (a, b) => a.mean - b.mean],
    highest: ["highest mean first", (a, b) => b.mean - a.mean],
    spread: ["widest spread first", (a, b) => b.spread - a.spread],
    line: ["in the file's order", (a, b) => a.line - b.line],
};

/* Rows with their groups: of validation one an evaluation, of training one a step that had it. */
function heatRows(phase) {
    const rows = new Map();
    const columns = phase === "valid" ? waveColumns() : null;
    data.rollouts.forEach((r, i) => {
        const wave = data.waves[r.wave];
        if (wave.phase !== phase)
            return;
        if (!rows.has(r.row))
            rows.set(r.row, { row: r.row, line: data.rows[phase][r.row], groups: [], seen: new Map() });
        const row = rows.get(r.row);
        let at = columns ? columns.get(r.wave) : row.seen.get(r.wave);
        if (at === undefined)
            row.seen.set(r.wave, at = row.groups.length);
        (row.groups[at] = row.groups[at] || [])[r.sample] = i;
    });
    return [...rows.values()].map(summed);
}

function waveColumns() {
    const columns = new Map();
    data.waves.forEach((w, i) => w.phase === "valid" && columns.set(i, columns.size));
    return columns;
}

function summed(row) {
    const all = row.groups.flat().filter((i) => i !== undefined).map((i) => data.rollouts[i]);
    const graded = all.map((r) => r.reward).filter((v) => v !== null);
    row.n = all.length;
    row.nGraded = graded.length;
    row.sum = graded.reduce((a, b) => a + b, 0);
    row.mean = graded.length ? row.sum / graded.length : -Infinity;
    row.least = graded.length ? Math.min(...graded) : null;
    row.most = graded.length ? Math.max(...graded) : null;
    row.spread = graded.length ? row.most - row.least : -1;
    return row;
}

function heatSpan() {
    const values = data.rollouts.map((r) => r.reward).filter((v) => v !== null);
    return [values.reduce((a, b) => Math.min(a, b), 0), values.reduce((a, b) => Math.max(a, b), 1)];
}

function rolloutPlace(r) {
    const phase = data.waves[r.wave].phase;
    return data.files[phase] + ":" + data.rows[phase][r.row];
}

function rolloutWhen(r) {
    const wave = data.waves[r.wave];
    return (wave.phase === "valid" ? "evaluation at step " : "step ") + wave.step + ", sample " + r.sample;
}

function rolloutWords(r) {
    return rolloutPlace(r) + ", " + rolloutWhen(r) + ": " +
        (r.reward === null ? "" : "reward " + reward(r.reward) + ", ") + data.outcomes[r.outcome][1];
}

class HeatMap {
    constructor(open) {
        this.open = open;
        this.span = heatSpan();
        this.order = "lowest";
        this.page = 0;
        this.box = document.getElementById("heat");
        this.readout = el("p", { class: "readout" }, "\u00a0");
        const phases = ["valid", "train"].filter((p) => data.waves.some((w) => w.phase === p));
        this.phase = phases[0];
        this.grid = el("div", { class: "heat-box" });
        this.more = el("div", { class: "pages" });
        this.box.append(this.controls(phases), legend(this.span), this.grid, this.readout, this.more);
        this.details = this.box.appendChild(fold("Rows as a table", el("div", {})));
        this.details.addEventListener("toggle", () => this.tabulate());
        this.load();
    }

    controls(phases) {
        const choice = (label, pairs, value, chosen) =>
            el("label", {}, label + " ", el("select", { change: (e) => chosen(e.target.value) },
                pairs.map(([key, words]) => el("option", { value: key, selected: key === value }, words))));
        return el("div", { class: "controls" },
            choice("Rollouts of", phases.map((p) => [p, p === "valid" ? "evaluations" : "training"]), this.phase,
                (value) => { this.phase = value; this.load(); }),
            choice("rows", Object.entries(ORDERS).map(([key, o]) => [key, o[0]]), this.order,
                (value) => { this.order = value; this.load(); }));
    }

    load() {
        this.rows = heatRows(this.phase).sort((a, b) => ORDERS[this.order][1](a, b) || a.line - b.line);
        this.page = 0;
        this.draw();
        this.tabulate();
    }

    draw() {
        const rows = this.rows.slice(this.page * HEAT_PAGE, (this.page + 1) * HEAT_PAGE);
        const widths = this.widths();
        this.cells = [];
        const body = rows.map((row) => el("tr", { role: "row" },
            el("th", { scope: "row", role: "rowheader" }, String(row.line)),
            el("td", { class: "num", role: "gridcell" }, row.nGraded ? reward(row.mean) : NOT_KNOWN),
            this.cellsOf(row, widths)));
        const columns = widths.reduce((a, b) => a + b, 0);
        const node = el("table", {
            class: "heat" + (columns > 48 ? " dense" : ""), role: "grid",
            "aria-label": "Rewards by row and rollout. Arrow keys move, Enter opens the transcript.",
        }, el("thead", { role: "rowgroup" }, el("tr", { role: "row" },
            el("th", { scope: "col", role: "columnheader" }, "line"),
            el("th", { scope: "col", role: "columnheader", class: "num" }, "mean"),
            widths.map((n, i) => el("th", { scope: "colgroup", role: "columnheader", colspan: n, class: "group" }, this.head(i))))),
        el("tbody", { role: "rowgroup" }, body));
        this.listen(node);
        this.grid.replaceChildren(el("div", { class: "scroll", tabindex: "-1" }, node));
        this.current = this.cells.flat().find(Boolean);
        if (this.current)
            this.current.tabIndex = 0;
        this.drawPages();
    }

    /* Samples that a group has at most, by group. */
    widths() {
        const widths = [];
        for (const row of this.rows)
            row.groups.forEach((g, i) => { widths[i] = Math.max(widths[i] || 1, g.length); });
        return Array.from(widths, (n) => n || 1);
    }

    head(i) {
        if (this.phase === "valid")
            return (i ? "" : "step ") + data.waves.filter((w) => w.phase === "valid")[i].step;
        return (i ? "" : "time ") + (i + 1);
    }

    cellsOf(row, widths) {
        const line = [];
        widths.forEach((n, g) => {
            for (let s = 0; s < n; s++)
                line.push(this.cell(row.groups[g] && row.groups[g][s], s === 0));
        });
        this.cells.push(line.map((c) => (c.dataset.rollout === undefined ? null : c)));
        return line;
    }

    cell(i, first) {
        if (i === undefined)
            return el("td", { role: "gridcell", class: first ? "none first" : "none" });
        const r = data.rollouts[i];
        const lost = r.reward === null;
        const cut = data.outcomes[r.outcome][0] === "graded_cut";
        const node = el("td", {
            role: "gridcell", tabindex: "-1", "data-rollout": i, "aria-label": rolloutWords(r),
            class: (lost ? "lost" : cut ? "cell cut" : "cell") + (first ? " first" : ""),
        }, el("i", {}));
        if (!lost)
            node.style.setProperty("--heat", (r.reward - this.span[0]) / (this.span[1] - this.span[0]));
        return node;
    }

    listen(node) {
        const of = (e) => e.target.closest("[data-rollout]");
        const say = (e) => of(e) && tell(this.readout, rolloutWords(data.rollouts[of(e).dataset.rollout]));
        node.addEventListener("mouseover", say);
        node.addEventListener("focusin", say);
        node.addEventListener("focusin", (e) => of(e) && this.settle(of(e)));
        node.addEventListener("click", (e) => of(e) && this.choose(of(e)));
        node.addEventListener("keydown", (e) => this.key(e));
    }

    choose(cell) {
        this.go(cell);
        this.open(Number(cell.dataset.rollout), this.cells.flat().filter(Boolean).map((c) => Number(c.dataset.rollout)));
    }

    go(cell) {
        if (cell)
            cell.focus();
    }

    /* The cell that has the focus is the one that Tab comes back to. */
    settle(cell) {
        this.current.tabIndex = -1;
        this.current = cell;
        cell.tabIndex = 0;
    }

    key(e) {
        const y = this.cells.findIndex((line) => line.includes(e.target));
        if (y < 0 || e.altKey || e.metaKey)
            return;
        const x = this.cells[y].indexOf(e.target);
        const along = (dx) => {
            for (let k = x + dx; k >= 0 && k < this.cells[y].length; k += dx)
                if (this.cells[y][k])
                    return this.cells[y][k];
        };
        /* Up and down pass over rows that have nothing in this column. */
        const down = (dy) => {
            for (let k = y + dy; k >= 0 && k < this.cells.length; k += dy)
                if (this.cells[k][x])
                    return this.cells[k][x];
        };
        const ends = e.ctrlKey ? this.cells.flat().filter(Boolean) : this.cells[y].filter(Boolean);
        const moves = {
            ArrowLeft: () => along(-1), ArrowRight: () => along(1), ArrowUp: () => down(-1), ArrowDown: () => down(1),
            Home: () => ends[0], End: () => ends[ends.length - 1],
            Enter: () => this.choose(e.target), " ": () => this.choose(e.target),
            PageDown: () => this.turn(1, true), PageUp: () => this.turn(-1, true),
        };
        if (!moves[e.key])
            return;
        e.preventDefault();
        this.go(moves[e.key]());
    }

    pages() {
        return Math.ceil(this.rows.length / HEAT_PAGE);
    }

    turn(by, focus) {
        const to = this.page + by;
        if (to < 0 || to >= this.pages())
            return;
        this.page = to;
        this.draw();
        if (focus && this.current)
            this.current.focus();
    }

    drawPages() {
        const from = this.page * HEAT_PAGE + 1;
        const to = Math.min(this.rows.length, from + HEAT_PAGE - 1);
        const button = (words, by, off) => el("button", { type: "button", disabled: off, click: () => this.turn(by) }, words);
        this.more.replaceChildren();
        add(this.more, [el("span", {}, this.rows.length ? `rows ${from} to ${to} of ${count(this.rows.length)}` : "no rows"),
            this.pages() > 1 && [button("Previous", -1, this.page === 0), button("Next", 1, to === this.rows.length)]]);
    }

    /* Made when it is asked for only: it may be long. */
    tabulate() {
        if (!this.details.open)
            return;
        this.details.lastChild.replaceChildren(table("Rewards by row, " + (this.phase === "valid" ? "evaluations" : "training"), [
            { head: "line", key: true, of: (r) => String(r.line) },
            { head: "rollouts", num: true, of: (r) => count(r.n) },
            { head: "graded", num: true, of: (r) => count(r.nGraded) },
            { head: "mean", num: true, of: (r) => (r.nGraded ? reward(r.mean) : NOT_KNOWN) },
            { head: "least", num: true, of: (r) => reward(r.least) },
            { head: "most", num: true, of: (r) => reward(r.most) },
            { head: "rewards, rollout by rollout", of: (r) => r.groups.flatMap((g, i) => [i ? " | " : "", groupLinks(g, this.open)]) },
        ], this.rows));
    }
}

function groupLinks(group, open) {
    return group.filter((i) => i !== undefined).flatMap((i, k) => [k ? " " : "", rolloutLink(i, open,
        data.rollouts[i].reward === null ? "lost" : reward(data.rollouts[i].reward))]);
}

/* A link that opens a transcript; without script it is an anchor to nothing. */
function rolloutLink(i, open, words) {
    return el("a", { href: "#rollout-" + data.rollouts[i].id, class: "rollout", click: (e) => { e.preventDefault(); open(i); } }, words);
}

function legend(span) {
    const scale = el("span", { class: "scale", "aria-hidden": "true" });
    return el("p", { class: "legend" }, el("span", {}, "reward " + number(span[0], 1), scale, number(span[1], 1)),
        el("span", {}, el("span", { class: "swatch lost", "aria-hidden": "true" }), "no reward"),
        el("span", {}, el("span", { class: "swatch cut", "aria-hidden": "true" }), "cut at the turn limit"));
}
