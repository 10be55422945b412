// The report pages in Chromium: that they can be read, used by keyboard, and trusted.
//
// run.mjs PAGES FOLDER. Every page is opened from a file, at two widths and in two colour schemes; what
// axe finds, what the console says and whatever would leave the file are failures. Screenshots stay in
// FOLDER/shots for people to look at.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

const [program, folder] = process.argv.slice(2);
const packages = createRequire(join(resolve(folder), "package.json"));
const { chromium } = packages("playwright-core");
const axeSource = readFileSync(packages.resolve("axe-core/axe.min.js"), "utf8");
const source = fileURLToPath(new URL("../../sim/view/page", import.meta.url));
const made = join(resolve(folder), "pages");
const shots = join(resolve(folder), "shots");

const MAX_BYTES = 2_000_000;
const WIDTHS = { desktop: { width: 1280, height: 900 }, phone: { width: 390, height: 844 } };
const FLAGS = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync"];
// The start of what tests/browser/pages.c lets everybody say.
const EVIL = "</script><script>window.hacked = 1</script><!-- <img src=x onerror=\"window.hacked = 1\"> -->";

const pagePath = (name) => join(made, name + ".html");
const read = (name) => readFileSync(pagePath(name), "utf8");
const dataOf = (name) => JSON.parse(/<script type="application\/json" id="data">(.*?)<\/script>/s.exec(read(name))[1]);

let browser;

// Open a page and run `use` on it; then nothing may have gone wrong on it, or out of it.
async function visit(name, options, use) {
    const context = await browser.newContext({ viewport: WIDTHS.desktop, ...options });
    const page = await context.newPage();
    const wrong = [];
    const asked = [];
    context.on("request", (r) => asked.push(r.url().replace(/#.*/, "")));
    page.on("console", (m) => wrong.push(`console: ${m.text()}`));
    page.on("pageerror", (e) => wrong.push(`error: ${e.stack}`));
    await page.addInitScript(() => {
        window.violations = [];
        addEventListener("securitypolicyviolation", (e) => window.violations.push(`${e.violatedDirective} ${e.blockedURI}`));
    });
    const address = pathToFileURL(options?.path || pagePath(name)).href;
    await page.goto(address + (options?.hash || ""));
    await use(page);
    if (!options?.tampered) {
        assert.deepEqual(await page.evaluate(() => window.violations), [], `${name}: the policy was violated`);
        assert.deepEqual(wrong, [], `${name}: it complained`);
    }
    assert.deepEqual([...new Set(asked)], [address], `${name}: something else was asked for`);
    await context.close();
}

async function axe(page, what) {
    await page.evaluate(axeSource);
    const found = await page.evaluate(() => window.axe.run(document, {
        resultTypes: ["violations"],
        runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
    }));
    assert.deepEqual(found.violations.map((v) => `${v.id}: ${v.help}: ${v.nodes.map((n) => n.target + " " + n.failureSummary).slice(0, 3).join("; ")}`),
        [], `${what}: axe found something`);
    return found.testEngine.version;
}

const cells = (page) => page.locator("[data-rollout]");
const focused = (page) => page.evaluate(() => document.activeElement.dataset.rollout);
const unfold = (page) => page.evaluate(() => { for (const d of document.querySelectorAll("details")) d.open = true; });

const tests = {
    "a page of 1,000 rollouts is small and has every transcript": () => {
        const data = dataOf("thousand");
        const bytes = Buffer.byteLength(read("thousand"));
        assert.ok(data.rollouts.id.length >= 1000, `${data.rollouts.id.length} rollouts`);
        assert.ok(bytes < MAX_BYTES, `${bytes} bytes`);
        assert.equal(data.transcripts.n, data.rollouts.id.length);
        assert.ok(data.rollouts.block.every((b) => b >= 0));
    },
    "a page of 110,000 rollouts is as small, and says what it leaves out": async () => {
        const data = dataOf("large");
        assert.ok(Buffer.byteLength(read("large")) < MAX_BYTES);
        assert.ok(data.left_out.rollouts > 90_000);
        assert.ok(data.transcripts.n > 100 && data.transcripts.n < data.rollouts.id.length);
        await visit("large", {}, async (page) => {
            const foot = await page.textContent("#foot");
            assert.match(foot, /rollouts of \d+ rows are left out of the map/);
            assert.match(foot, new RegExp(`Transcripts: ${data.transcripts.n.toLocaleString("en-US")} of`));
            await page.evaluate((i) => open(i), data.rollouts.block.indexOf(-1));
            await page.waitForSelector("dialog[open]");
            assert.match(await page.textContent("#rollout-body"), /no room in this file/);
        });
    },
    "the same run gives the same bytes": () => {
        const again = mkdtempSync(join(tmpdir(), "pages-"));
        execFileSync(program, [again]);
        for (const file of readdirSync(made))
            assert.ok(readFileSync(join(made, file)).equals(readFileSync(join(again, file))), file);
        rmSync(again, { recursive: true });
    },
    "uPlot is the package's, to the byte": () => {
        for (const file of ["uPlot.iife.min.js", "uPlot.min.css"])
            assert.ok(readFileSync(join(source, "uplot", file)).equals(readFileSync(join(folder, "node_modules/uplot/dist", file))), file);
        assert.ok(readFileSync(join(source, "uplot/LICENSE")).equals(readFileSync(join(folder, "node_modules/uplot/LICENSE"))));
        const version = JSON.parse(readFileSync(join(folder, "node_modules/uplot/package.json"))).version;
        assert.equal(dataOf("empty").uplot, version);
        assert.ok(read("empty").includes(readFileSync(join(source, "uplot/LICENSE"), "utf8")), "its licence is not in the page");
    },
    "no script makes elements or code out of text": () => {
        for (const file of readdirSync(source).filter((f) => f.endsWith(".js")))
            assert.doesNotMatch(readFileSync(join(source, file), "utf8"),
                /innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\b|new Function|DOMParser|createContextualFragment/, file);
        assert.doesNotMatch(readFileSync(join(source, "page.html"), "utf8"), /\son\w+=|style=|<script|https?:/);
    },
    "a script that was put in later does not run": async () => {
        const path = join(made, "..", "tampered.html");
        writeFileSync(path, read("ordinary").replace("</body>", "<script>window.hacked = 1</script></body>"));
        await visit("tampered", { path, tampered: true }, async (page) => {
            assert.equal(await page.evaluate(() => window.hacked), undefined);
            assert.deepEqual(await page.evaluate(() => window.violations), ["script-src-elem inline"]);
        });
        writeFileSync(path, read("ordinary").replace("const MINUS", "const  MINUS"));
        await visit("tampered", { path, tampered: true }, async (page) => {
            assert.equal(await page.textContent("#title"), "", "a script that was changed ran");
        });
        rmSync(path);
    },
    "every chart has its numbers in a table": async () => {
        const data = dataOf("ordinary");
        await visit("ordinary", {}, async (page) => {
            await unfold(page);
            const rows = (inside) => page.locator(`${inside} tbody tr`).count();
            assert.equal(await rows("#rewards details"), data.report.curve.length);
            const shown = await page.locator("#rewards details tbody tr").first().innerText();
            assert.match(shown, new RegExp(data.report.curve[0].mean.toFixed(3).replace(".", "\\.")));
            const charts = page.locator("#tools .small");
            assert.equal(await charts.count(), data.bins.length);
            for (let i = 0; i < data.bins.length; i++)
                assert.equal(await charts.nth(i).locator("tbody tr").count(), data.bins[i].length);
            await page.waitForSelector("#heat details table");
            assert.equal(await rows("#heat details"), 10);
            assert.equal(await page.locator("#heat details a.rollout").count(), await cells(page).count());
            assert.equal(await page.locator("#outcomes table").count(), 2);
            assert.equal(await page.locator(".chart canvas").count(), 1 + data.bins.length);
        });
    },
    "a cell opens its rollout by mouse, and focus comes back": async () => {
        await visit("ordinary", {}, async (page) => {
            const cell = cells(page).nth(7);
            const words = await cell.getAttribute("aria-label");
            await cell.click();
            await page.waitForSelector("dialog[open]");
            assert.ok(words.startsWith(await page.textContent("#rollout-title")));
            assert.ok(words.includes(await page.textContent("#rollout-when")));
            for (const part of ["Grade", "Conversation", "arguments", "output", "exact", "camping"])
                assert.ok((await page.textContent("#rollout-body")).includes(part), part);
            await page.click("#rollout-close");
            await page.waitForSelector("dialog:not([open])", { state: "attached" });
            assert.equal(await focused(page), await cell.getAttribute("data-rollout"));
        });
    },
    "the map is used by keyboard alone": async () => {
        await visit("ordinary", {}, async (page) => {
            await page.locator("#heat select").last().focus();
            await page.keyboard.press("Tab");
            const at = [await focused(page)];
            assert.equal(at[0], await cells(page).first().getAttribute("data-rollout"), "the first cell comes after the selects");
            for (const key of ["ArrowRight", "ArrowDown", "End", "Control+End", "Control+Home"]) {
                await page.keyboard.press(key);
                at.push(await focused(page));
            }
            assert.equal(new Set(at.slice(0, 5)).size, 5, `it did not move: ${at}`);
            assert.equal(at[5], at[0]);
            await page.keyboard.press("Enter");
            await page.waitForSelector("dialog[open]");
            const first = await page.textContent("#rollout-when");
            await page.keyboard.press("j");
            await page.waitForFunction((was) => document.getElementById("rollout-when").textContent !== was, first);
            await page.keyboard.press("k");
            await page.waitForFunction((was) => document.getElementById("rollout-when").textContent === was, first);
            await page.keyboard.press("j");
            await page.waitForFunction((was) => document.getElementById("rollout-when").textContent !== was, first);
            await page.keyboard.press("Escape");
            assert.equal(await focused(page), await cells(page).nth(1).getAttribute("data-rollout"), "focus is where one had read to");
            assert.equal(await page.locator("[data-rollout][tabindex='0']").getAttribute("data-rollout"), await focused(page));
        });
    },
    "an address opens its rollout": async () => {
        await visit("ordinary", { hash: "#rollout-53" }, async (page) => {
            await page.waitForSelector("dialog[open]");
            assert.match(await page.textContent("#rollout-body"), /id53/);
        });
    },
    "a failed call shows its attempts, an error of the grader what it means": async () => {
        const data = dataOf("ordinary");
        const lost = data.outcomes.findIndex(([id]) => id === "discarded_tool");
        await visit("ordinary", { hash: "#rollout-" + data.rollouts.id[data.rollouts.outcome.indexOf(lost)] }, async (page) => {
            await page.waitForSelector("dialog[open]");
            assert.equal(await page.locator("#rollout-body .call.failed tbody tr").count(), 3);
            assert.match(await page.textContent("#rollout-body"), /No reward is made up for it/);
        });
        const graded = data.report.graders.find((g) => g.first_error);
        await visit("ordinary", { hash: "#rollout-" + graded.first_error.id }, async (page) => {
            await page.waitForSelector("dialog[open]");
            assert.match(await page.textContent("#rollout-body"), /a template names something/);
        });
    },
    "hostile texts are shown as they are": async () => {
        await visit("hostile", {}, async (page) => {
            await unfold(page);
            assert.equal(await page.evaluate(() => window.hacked), undefined);
            assert.equal(await page.locator("script").count(), 3);
            assert.equal(await page.locator("img, iframe, object, link, base, form").count(), 0);
            assert.ok((await page.textContent("#title")).startsWith(EVIL));
            assert.ok((await page.title()).startsWith(EVIL));
            await cells(page).first().click();
            await page.waitForSelector("dialog[open]");
            const user = page.locator(".said.user");
            assert.ok((await user.locator(".passage").textContent()).startsWith(EVIL));
            await user.locator("button.all").click();
            const all = await user.locator(".passage").textContent();
            assert.ok(all.length > 99_000 && all.endsWith("xx</script>"), `${all.length} characters`);
            const marks = await user.locator(".unseen").allTextContents();
            for (const mark of ["U+0000", "U+001B", "U+2028", "U+2029", "U+202E"])
                assert.ok(marks.includes(mark), `${mark} is not to be seen`);
            assert.equal(await page.evaluate(() => window.hacked), undefined);
        });
        assert.doesNotMatch(read("hostile"), /<img/);
    },
    "it prints black on white, with all tables": async () => {
        await visit("ordinary", { colorScheme: "dark" }, async (page) => {
            const closed = await page.locator("main details:not([open])").count();
            await page.evaluate(() => dispatchEvent(new Event("beforeprint")));
            await page.emulateMedia({ media: "print", colorScheme: "dark" });
            assert.equal(await page.locator("main details:not([open])").count(), 0);
            assert.equal(await page.evaluate(() => getComputedStyle(document.body).backgroundColor), "rgb(255, 255, 255)");
            assert.equal(await page.locator("nav").isVisible(), false);
            await page.screenshot({ path: join(shots, "ordinary-print.png"), fullPage: true });
            await page.emulateMedia({ media: "screen", colorScheme: "dark" });
            await page.evaluate(() => dispatchEvent(new Event("afterprint")));
            assert.equal(await page.locator("main details:not([open])").count(), closed);
        });
    },
};

// The ordinary page at each width and in each scheme, the others where they differ: as it opens,
// unfolded, and with a transcript.
const VIEWS = {
    ordinary: { desktop: ["light", "dark"], phone: ["light", "dark"] },
    thousand: { desktop: ["dark"], phone: ["light"] },
    hostile: { desktop: ["light"], phone: ["dark"] },
    results: { desktop: ["dark"], phone: ["light"] },
    empty: { phone: ["dark"] },
    large: { desktop: ["light"] },
};
let axeVersion = "";
for (const [name, views] of Object.entries(VIEWS)) {
    for (const [wide, schemes] of Object.entries(views)) {
        const viewport = WIDTHS[wide];
        for (const colorScheme of schemes) {
            const what = `${name}, ${wide}, ${colorScheme}`;
            tests[`${what}: nothing to complain of`] = () => visit(name, { viewport, colorScheme }, async (page) => {
                await page.screenshot({ path: join(shots, `${name}-${wide}-${colorScheme}.png`), fullPage: true });
                assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), "it is wider than the screen");
                if (name !== "large")
                    await unfold(page);
                axeVersion = await axe(page, what);
                if (!(await cells(page).count()))
                    return;
                await cells(page).nth(3).click();
                await page.waitForSelector("dialog[open]");
                await page.screenshot({ path: join(shots, `${name}-${wide}-${colorScheme}-rollout.png`) });
                await axe(page, what + ", a rollout");
            });
        }
    }
}

rmSync(made, { recursive: true, force: true });
mkdirSync(made, { recursive: true });
mkdirSync(shots, { recursive: true });
execFileSync(program, [made], { stdio: "inherit" });
browser = await chromium.launch({ executablePath: process.env.CHROMIUM || "/usr/bin/chromium", args: FLAGS });
let failed = 0;
const only = process.env.BROWSER_TEST || "";
const chosen = Object.entries(tests).filter(([name]) => name.includes(only));
for (const [name, run] of chosen) {
    const began = performance.now();
    try {
        await run();
    } catch (error) {
        failed++;
        console.log(`not ok: ${name}\n${error.stack.replace(/^/gm, "    ")}`);
    }
    if (process.env.BROWSER_TIMES)
        console.log(`${((performance.now() - began) / 1000).toFixed(1)} s  ${name}`);
}
const version = browser.version();
await browser.close();
console.log(`browser: Chromium ${version}, axe ${axeVersion}: ${chosen.length - failed} passed, ${failed} failed`);
process.exit(failed ? 1 : 0);
