/* What is drawn on canvas. Every chart has a table of the same numbers below it. */

const charts = []; /* functions that draw one anew, when colours change */

function keepDrawn(draw) {
    charts.push(draw);
    draw();
}

function redraw() {
    for (const draw of charts)
        draw();
}

/* An axis in the page's own colours. */
function axis(extra) {
    return Object.assign({
        stroke: ink("muted"),
        font: "12px " + ink("sans"),
        grid: { stroke: ink("line"), width: 1 },
        ticks: { stroke: ink("line"), width: 1, size: 4 },
        gap: 6,
    }, extra);
}

/* A chart in `box`, as wide as it is, whatever that comes to be. `make` gives uPlot's options
 * without a width, and data. */
function chart(box, make) {
    let plot = null;
    const width = () => Math.max(240, Math.floor(box.clientWidth));
    keepDrawn(() => {
        if (plot)
            plot.destroy();
        const [options, data] = make();
        plot = new uPlot(Object.assign({
            width: width(), legend: { show: false }, padding: [10, 8, 0, 0],
        }, options), data, box);
    });
    new ResizeObserver(() => {
        if (plot && plot.width !== width())
            plot.setSize({ width: width(), height: plot.height });
    }).observe(box);
}

/* The reward curve. */

const byStep = (points, phase) => points.filter((p) => p.phase === phase && p.mean !== null);

/* Rewards are mostly 0 to 1, and a curve that stays below 0.3 should not lie on the floor. Where an
 * interval goes beyond what a reward can be it is cut. */
function rewardScale(points, threshold) {
    const means = points.flatMap((p) => [p.mean, p.penalised_mean]).concat(threshold);
    const ends = byStep(points, "valid").map((p) => p.interval.high);
    const most = Math.max(1, ...means.filter((v) => v !== null));
    const values = means.concat(ends.filter((v) => v <= most)).filter((v) => v !== null && v !== undefined);
    let low = Math.min(0, ...values);
    let high = Math.max(...values);
    if (high <= 1)
        high = Math.min(1, Math.max(0.1, Math.ceil(high * 11) / 10));
    else
        high += (high - low) * 0.06;
    if (low < 0)
        low -= (high - low) * 0.06;
    return [low, high];
}

/* One list of steps for uPlot, and a series for each line. */
function curveData(points) {
    const steps = [...new Set(points.map((p) => p.step))].sort((a, b) => a - b);
    const series = (phase, of) => {
        const at = new Map(byStep(points, phase).map((p) => [p.step, of(p)]));
        return steps.map((s) => (at.has(s) ? at.get(s) : null));
    };
    return [steps, series("train", (p) => p.penalised_mean), series("train", (p) => p.mean),
        series("valid", (p) => p.mean)];
}

function drawIntervals(u, points, colour) {
    const c = u.ctx;
    c.save();
    c.strokeStyle = colour;
    c.lineWidth = devicePixelRatio * 1.25;
    for (const p of points) {
        if (p.interval.low === null)
            continue;
        const x = Math.round(u.valToPos(p.step, "x", true));
        const y = [p.interval.low, p.interval.high].map((v) => u.valToPos(Math.min(Math.max(v, u.scales.y.min), u.scales.y.max), "y", true));
        const cap = 3 * devicePixelRatio;
        c.beginPath();
        c.moveTo(x, y[0]);
        c.lineTo(x, y[1]);
        for (const end of y) {
            c.moveTo(x - cap, end);
            c.lineTo(x + cap, end);
        }
        c.stroke();
    }
    c.restore();
}

function drawThreshold(u, at) {
    const c = u.ctx;
    const y = Math.round(u.valToPos(at, "y", true));
    c.save();
    c.strokeStyle = ink("muted");
    c.lineWidth = devicePixelRatio;
    c.setLineDash([2 * devicePixelRatio, 3 * devicePixelRatio]);
    c.beginPath();
    c.moveTo(u.bbox.left, y);
    c.lineTo(u.bbox.left + u.bbox.width, y);
    c.stroke();
    c.restore();
}

function curveReadout(points, step) {
    const of = (phase, words) => {
        const p = points.find((q) => q.phase === phase && q.step === step && q.mean !== null);
        return p ? ", " + words + " " + reward(p.mean) + (p.interval.low !== null ?
            " (" + rangeOf(p) + ")" : "") : "";
    };
    return "step " + step + of("train", "training") + of("valid", "evaluation");
}

function curveOptions(points, threshold, readout) {
    const spread = [...new Set(points.map((p) => p.step))];
    const first = Math.min(...spread);
    const last = Math.max(...spread);
    const pad = Math.max(0.5, (last - first) * 0.02);
    const line = (colour, extra) => Object.assign({
        stroke: colour, width: 1.5, spanGaps: true, points: { size: 5, fill: colour, stroke: colour },
    }, extra);
    return {
        height: 280,
        scales: {
            x: { time: false, range: [first - pad, last + pad] },
            y: { range: rewardScale(points, threshold) },
        },
        axes: [
            axis({ grid: { show: false }, incrs: [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 5000], size: 26, label: "step", labelSize: 18, labelGap: 0, labelFont: "12px " + ink("sans") }),
            axis({ size: 44, values: (u, list) => list.map((v) => number(v, v % 0.1 > 0.001 && v % 0.1 < 0.099 ? 2 : 1)) }),
        ],
        cursor: { y: false, drag: { x: false, y: false }, points: { size: 8 } },
        series: [
            {},
            line(ink("train"), { dash: [3, 3], width: 1, points: { show: false } }),
            line(ink("train"), {}),
            line(ink("valid"), { width: 2, points: { size: 7, fill: ink("page"), stroke: ink("valid"), width: 2 } }),
        ],
        hooks: {
            drawAxes: [(u) => threshold !== null && drawThreshold(u, threshold)],
            drawSeries: [(u, i) => {
                if (i === 3)
                    drawIntervals(u, byStep(points, "valid"), ink("valid"));
            }],
            setCursor: [(u) => {
                const step = u.cursor.idx === null ? null : u.data[0][u.cursor.idx];
                tell(readout, step === null || step === undefined ? "\u00a0" : curveReadout(points, step));
            }],
        },
    };
}

/* Latencies, a chart a tool. Bins are a quarter of a power of two, so side by side on the axis
 * they stand almost as on a logarithmic one. */

const TICKS_S = [1e-6, 1e-5, 1e-4, 1e-3, 1e-2, 0.1, 1, 10, 100, 1000];

/* Where a time stands on the axis: the bin it is in, and how far in. */
function binPosition(ns) {
    if (ns < 64)
        return ns / 16;
    const power = Math.floor(Math.log2(ns));
    return (power - 5) * 4 + (ns / 2 ** power - 1) * 4;
}

function latencyOptions(tool, from, to, readout) {
    const ticks = TICKS_S.flatMap((t) => [1, 2, 5].map((k) => t * k))
        .filter((t) => binPosition(t * 1e9) >= from && binPosition(t * 1e9) <= to);
    const marks = ["p50", "p95", "p99"].map((q) => [q, tool["latency_" + q + "_s"]]).filter((m) => m[1] !== null);
    return {
        height: 150,
        scales: { x: { time: false, range: [from, to] }, y: { range: (u, low, high) => [0, high * 1.12 || 1] } },
        axes: [
            axis({
                grid: { show: false }, size: 28,
                splits: (u) => apart(u, ticks.map((t) => binPosition(t * 1e9))),
                values: (u, at) => at.map((x) => axisTime(ticks.find((t) => binPosition(t * 1e9) === x))),
            }),
            axis({ size: 44, space: 36, values: (u, list) => list.map((v) => (v % 1 ? "" : count(v))) }),
        ],
        cursor: { y: false, drag: { x: false, y: false }, points: { show: false } },
        series: [{}, {
            fill: ink("valid-soft"), stroke: ink("valid"), width: 1, points: { show: false },
            paths: uPlot.paths.bars({ size: [1], align: 1, gap: 1 }),
        }],
        hooks: {
            draw: [(u) => drawQuantiles(u, marks)],
            setCursor: [(u) => {
                const at = u.cursor.left < 0 ? -1 : Math.floor(u.posToVal(u.cursor.left, "x"));
                const b = tool.bins.find((bin) => bin.at === at);
                tell(readout, b ? seconds(b.low_s) + " to " + seconds(b.high_s) + ": " + plural(b.n, "call") :
                    marks.map((m) => m[0] + "\u00a0" + seconds(m[1])).join(", "));
            }],
        },
    };
}

/* Those of some places on the axis that leave room for a label each. */
function apart(u, places) {
    const pixels = (a, b) => (b - a) / (u.scales.x.max - u.scales.x.min) * (u.bbox.width / devicePixelRatio);
    return places.reduce((kept, x) => (!kept.length || pixels(kept[kept.length - 1], x) >= 52 ? [...kept, x] : kept), []);
}

const axisTime = (s) => (s < 1e-3 ? +(s * 1e6).toPrecision(3) + " \u00b5s" : s < 1 ? +(s * 1e3).toPrecision(3) + " ms" : +s.toPrecision(3) + " s");

function drawQuantiles(u, marks) {
    const c = u.ctx;
    c.save();
    c.strokeStyle = ink("ink");
    c.lineWidth = devicePixelRatio;
    c.setLineDash([3 * devicePixelRatio, 3 * devicePixelRatio]);
    for (const [, s] of marks) {
        const x = Math.round(u.valToPos(binPosition(s * 1e9), "x", true));
        if (x < u.bbox.left || x > u.bbox.left + u.bbox.width)
            continue;
        c.beginPath();
        c.moveTo(x, u.bbox.top);
        c.lineTo(x, u.bbox.top + u.bbox.height);
        c.stroke();
    }
    c.restore();
}

function latencyData(tool, from, to) {
    const at = new Map(tool.bins.map((b) => [b.at, b.n]));
    const x = [];
    for (let i = from; i <= to; i++)
        x.push(i);
    return [x, x.map((i) => at.get(i) || null)];
}
