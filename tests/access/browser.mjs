// A member in a real browser, driven with the `puppeteer-core` package: opens the page it is given, logs in, decides.
// Arguments: {"chromium", "told", "user", "passwords", "decision"} as JSON, and the page. What the member saw goes
// to the file `told` as JSON, when all is done.
import { writeFileSync } from "node:fs";
import puppeteer from "puppeteer-core";

const asked = JSON.parse(process.argv[2]);
const browser = await puppeteer.launch({
  executablePath: asked.chromium,
  headless: true,
  args: ["--no-sandbox", "--disable-gpu", "--ignore-certificate-errors"],
});
const told = { pages: [] };
try {
  const page = await browser.newPage();
  page.setDefaultTimeout(20_000);
  page.on("pageerror", (problem) => told.pages.push(String(problem)));
  const see = async () => told.pages.push(await page.evaluate(() => document.body.innerText));
  const press = (label) =>
    Promise.all([page.waitForNavigation(), page.locator(`::-p-xpath(//button[.="${label}"])`).click()]);
  await page.goto(process.argv[3]);
  await see();
  for (const password of asked.passwords) {
    await page.locator("input[name=user]").fill(asked.user);
    await page.locator("input[name=password]").fill(password);
    await press("Log in");
    await see();
  }
  const began = Date.now();
  await press(asked.decision);
  told.took = Date.now() - began;
  await see();
  told.url = page.url();
} catch (problem) {
  told.problem = String(problem?.stack ?? problem);
} finally {
  await browser.close();
}
writeFileSync(asked.told, JSON.stringify(told));
