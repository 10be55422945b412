"use strict";
/* Elements, numbers and texts. A text from outside gets into the page here and nowhere else, and
 * only ever as a text node. */

/* el("td", {class: "num", scope: "row"}, "text", node, ...): attributes, then children. */
function el(name, attributes, ...children) {
    const node = document.createElement(name);
    for (const [key, value] of Object.entries(attributes || {})) {
        if (typeof value === "function")
            node.addEventListener(key, value);
        else if (value === true)
            node.setAttribute(key, "");
        else if (value !== undefined && value !== null && value !== false)
            node.setAttribute(key, value);
    }
    add(node, children);
    return node;
}

function add(node, children) {
    for (const child of children.flat(Infinity)) {
        if (child !== undefined && child !== null && child !== false)
            node.append(child instanceof Node ? child : visible(String(child)));
    }
    return node;
}

/* Make a node say this and nothing else. */
function tell(node, text) {
    node.replaceChildren(visible(text));
}

/* A name as it fits into a table: its start and its end, which tells names apart. */
const shortened = (text) => (text.length > 160 ? text.slice(0, 110) + " \u2026 " + text.slice(-40) : text);

/* "train.jsonl:17" without the folders before it, which are told elsewhere. */
const placeName = (place) => shortened(place.slice(place.lastIndexOf("/") + 1));

function fill(id, ...children) {
    const node = document.getElementById(id);
    node.replaceChildren();
    return add(node, children);
}

/* Characters that are not seen, or turn what follows around, each as what it is called. */
const UNSEEN =
    // eslint-disable-next-line no-control-regex
    /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u00ad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]/;

function visible(text) {
    if (!UNSEEN.test(text))
        return document.createTextNode(text);
    const out = document.createDocumentFragment();
    let plain = "";
    for (const c of text) {
        if (!UNSEEN.test(c)) {
            plain += c;
            continue;
        }
        const name = "U+" + c.codePointAt(0).toString(16).toUpperCase().padStart(4, "0");
        const mark = document.createElement("span");
        mark.className = "unseen";
        mark.textContent = name;
        out.append(plain, mark);
        plain = "";
    }
    out.append(plain);
    return out;
}

/* Numbers. null stands for what is not known. */
const NOT_KNOWN = "\u2013";
const MINUS = "\u2212";

function number(value, digits) {
    if (value === null || value === undefined)
        return NOT_KNOWN;
    const text = Math.abs(value).toLocaleString("en-US", {
        minimumFractionDigits: digits,
        maximumFractionDigits: digits,
    });
    return (value < 0 && Number(text.replace(/,/g, "")) !== 0 ? MINUS : "") + text;
}

const count = (value) => number(value, 0);
const reward = (value) => number(value, 3);

/* Never 0 or 100 % unless it is. */
function percent(share) {
    if (share === null || share === undefined)
        return NOT_KNOWN;
    const near = share > 0 && share < 0.0005 ? "<\u00a00.1" : share < 1 && share >= 0.9995 ? ">\u00a099.9" : null;
    return (near || number(share * 100, 1)) + "\u00a0%";
}

const shareOf = (part, all) => (all ? part / all : null);
const plural = (n, one, many) => count(n) + " " + (n === 1 ? one : many || one + "s");

function seconds(value) {
    if (value === null || value === undefined)
        return NOT_KNOWN;
    if (value < 1)
        return number(value * 1000, value < 0.1 ? 1 : 0) + "\u00a0ms";
    if (value < 120)
        return number(value, value < 10 ? 2 : 1) + "\u00a0s";
    return number(value / 60, 1) + "\u00a0min";
}

/* Of an interval, or why there is none. */
const range = (low, high, why) => (low === null ? why || NOT_KNOWN : reward(low) + " to " + reward(high));
const rangeOf = (point) => range(point.interval.low, point.interval.high, point.interval.state);

/* A table: columns are {head, of(row), num, key, hint}; the column with `key` names its row. */
function table(caption, columns, rows, options) {
    const head = columns.map((c) =>
        el("th", { scope: "col", class: c.num && "num", title: c.hint }, c.head));
    const body = rows.map((row) =>
        el("tr", {}, columns.map((c) =>
            c.key ? el("th", { scope: "row" }, c.of(row)) : el("td", { class: c.num && "num" }, c.of(row)))));
    return scroller(caption, el("table", options || {},
        el("caption", {}, caption), el("thead", {}, el("tr", {}, head)), el("tbody", {}, body)));
}

/* Wide content scrolls by itself, by keyboard too, and not the page. */
function scroller(label, ...children) {
    return el("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": label }, children);
}

function fold(summary, ...children) {
    return el("details", {}, el("summary", {}, summary), children);
}

const note = (...children) => el("p", { class: "note" }, children);
const code = (text) => el("code", {}, text);

/* A bar of a share, for the eye; the number stands beside it. */
function bar(share, kind) {
    const node = el("span", { class: "bar " + (kind || ""), "aria-hidden": "true" });
    node.style.setProperty("--share", Math.max(0, Math.min(1, share || 0)));
    return node;
}

/* What a style sheet says a colour is just now: for charts, which are drawn. */
function ink(name) {
    return getComputedStyle(document.documentElement).getPropertyValue("--" + name).trim();
}
