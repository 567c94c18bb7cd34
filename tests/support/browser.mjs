// Opens pages in Chromium as people do, wide and narrow, light and dark, and writes what is wrong with them, and
// how long they took, as JSON. What to open comes over standard input: {chromium, pages: [{name, url, kind, shots}]}.
import puppeteer from "puppeteer-core";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const { chromium, pages } = JSON.parse(readFileSync(0, "utf8"));
const browser = await puppeteer.launch({ executablePath: chromium, args: ["--no-sandbox", "--disable-gpu"] });
const problems = [];
const times = {};

async function accessible(page, tell, when) {
  const found = await page.evaluate(() =>
    axe.run(document, { resultTypes: ["violations"] }).then(({ violations }) =>
      violations
        .filter(({ impact }) => impact === "serious" || impact === "critical")
        .map(({ id, help, nodes }) => `${id}: ${help}: ${nodes.slice(0, 3).map(({ html, target }) => `${target} ${html.slice(0, 120)}`).join(" | ")}`),
    ),
  );
  for (const one of found) tell(`${when}: ${one}`);
}

// What a report can do: filters in the address, folded parts by keyboard, evidence on demand.
async function usable(page, tell) {
  await page.keyboard.press("Tab");
  const first = await page.evaluate(() => document.activeElement.className);
  if (!first.includes("skip-link")) tell(`the first stop of the keyboard is ${first}, not the way to the content`);
  const visit = async (hash) => {
    await page.evaluate((to) => (location.hash = to), hash);
    await new Promise((done) => setTimeout(done, 100));
  };
  const rows = () => page.$$eval("#requirements tr[id]", (all) => all.filter((row) => !row.hidden).map((row) => row.dataset.o));
  const all = await rows();
  for (const outcome of new Set(all)) {
    await visit(`#requirements?o=${outcome}`);
    const shown = await rows();
    const wanted = all.filter((one) => one === outcome).length;
    if (shown.length !== wanted || shown.some((one) => one !== outcome)) tell(`the filter for ${outcome} shows ${shown.length} of ${wanted}`);
    if ((await page.$eval("#requirements select[name=o]", (field) => field.value)) !== outcome) tell("the filter is not what the address says");
  }
  await page.select("#requirements select[name=o]", "");
  await page.type("#requirements input[name=q]", "no such words");
  if ((await rows()).length !== 0) tell("a search for nothing finds something");
  if (!(await page.evaluate(() => location.hash)).includes("no+such+words")) tell("a search is not in the address");
  await visit("#requirements?q=");
  for (const selector of ["#requirements details.area", "details.scenario"]) {
    const part = await page.$(selector);
    if (!part) continue;
    const summary = await part.$("summary");
    const open = () => part.evaluate((node) => node.open);
    const before = await open();
    await summary.focus();
    if (!(await summary.evaluate((node) => node === document.activeElement))) tell(`${selector} takes no focus`);
    await page.keyboard.press("Enter");
    if ((await open()) === before) tell(`${selector} does not open by keyboard`);
    if (before) await page.keyboard.press("Enter");
  }
  // What a link names is what is seen, however much above it was never shown.
  const far = await page.$$eval("details.scenario", (all) => all[Math.floor(all.length * 0.7)]?.id);
  if (far) {
    await visit("#" + far);
    await new Promise((done) => setTimeout(done, 1000));
    const [top, least, most] = await page.$eval("#" + far, (node) => [node.getBoundingClientRect().top, 0, innerHeight - 40]);
    if (top < least || top > most) tell(`a link to #${far} leads ${Math.round(top)} pixels beside it`);
  }
  if (await page.$("details.scenario[open] .lazy")) {
    const filled = page.waitForSelector("details.scenario[open] .lazy > *", { timeout: 5000 });
    await filled.catch(() => tell("a scenario that is opened shows no evidence"));
    const exchange = await page.$("details.scenario[open] details.exchange > summary");
    if (exchange) {
      await exchange.evaluate((node) => node.click());
      const shown = page.waitForSelector("details.exchange[open] .viewer > *", { timeout: 5000 });
      await shown.catch(() => tell("an exchange that is opened shows nothing"));
    }
  }
}

// What a page of partners can do: filters in the address hide rows in both tables, a link opens what changed.
async function comparable(page, tell) {
  const rows = (kind) => page.$$eval(`tr[data-${kind}]`, (all) => all.filter((row) => !row.hidden).length);
  const all = await rows("t");
  if (!all || all !== (await rows("of"))) tell("somebody stands in one table, and not in the other");
  await page.evaluate(() => (location.hash = "#matrix?t=worse"));
  await new Promise((done) => setTimeout(done, 100));
  const worse = await page.$$eval('tr[data-t="worse"]', (all) => all.length);
  if (!worse || (await rows("t")) !== worse || (await rows("of")) !== worse) tell("the filter for who got worse shows others");
  await page.click("form.filters button[type=reset]");
  await new Promise((done) => setTimeout(done, 100));
  if ((await rows("t")) !== all || (await rows("of")) !== all) tell("filters that are cleared still hide somebody");
  const closed = await page.$("details.partner:not([open])");
  const id = closed && (await closed.evaluate((node) => node.id));
  if (id) await page.evaluate((to) => (location.hash = "#" + to), id);
  await new Promise((done) => setTimeout(done, 100));
  if (id && !(await closed.evaluate((node) => node.open))) tell(`a link to ${id} does not open it`);
}

for (const { name, url, kind, shots } of pages) {
  for (const width of [1440, 390]) {
    for (const scheme of ["light", "dark"]) {
      const tell = (text) => problems.push(`${name}, ${width} wide, ${scheme}: ${text}`);
      const page = await browser.newPage();
      await page.setViewport({ width, height: 900 });
      await page.emulateMediaFeatures([{ name: "prefers-color-scheme", value: scheme }]);
      page.on("console", (said) => said.type() === "error" && tell(`console: ${said.text()}`));
      page.on("pageerror", (error) => tell(`script: ${error.message}`));
      page.on("dialog", (dialog) => (tell(`dialog: ${dialog.message()}`), dialog.dismiss()));
      page.on("request", (request) => {
        const to = request.url();
        const own = url.startsWith("http") ? new URL(url).origin + "/" : url;
        if (!to.startsWith(own) && !to.startsWith("data:")) tell(`it asked for ${to}`);
      });
      const live = kind === "listen";
      await page.goto(url, { waitUntil: live ? "domcontentloaded" : "load" });
      if (live) await page.waitForFunction(() => document.querySelector("#rooms > *"), { timeout: 10000 });
      const took = await page.evaluate(() => performance.timing.domComplete - performance.timing.navigationStart);
      times[name] = Math.max(times[name] ?? 0, took);
      const foreign = await page.$$eval("img,iframe,object,embed,link[rel=stylesheet],[onerror],[onclick],[onload],base", (all, live) =>
        all.filter((node) => !(live && node.tagName === "LINK")).map((node) => node.outerHTML.slice(0, 100)), live);
      if (foreign.length) tell(`elements nobody put there: ${foreign}`);
      const broad = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
      if (broad > 0) tell(`${broad} pixels wider than the window`);
      if (shots) await page.screenshot({ path: `${shots}-${width}-${scheme}.png` });
      // Thousands of rows alike are judged by a few of them, in the other reports.
      if (kind !== "large") {
        await page.evaluate(axe);
        await accessible(page, tell, "as it opens");
      }
      if (kind === "large") await usable(page, tell);
      if (kind === "partners") {
        await comparable(page, tell);
        await accessible(page, tell, "with parts open");
      }
      if (kind === "report") {
        await usable(page, tell);
        const wide = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
        if (wide > 0) tell(`${wide} pixels wider than the window when parts are open`);
        await accessible(page, tell, "with parts open");
        // Nobody looks at a picture that is too tall to be taken.
        if (shots) await page.screenshot({ path: `${shots}-${width}-${scheme}-full.png`, fullPage: true }).catch(() => {});
      }
      await page.close();
    }
  }
}
await browser.close();
console.log(JSON.stringify({ problems, times }));
