// Calls: the list, one call with what it led to, and an agent that is tried and answered for.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { assertAccessible } from "../lib/axe.js";
import { launch, signIn, story, visitor } from "../lib/browser.js";
import { startDemo } from "../lib/demo.js";
import { MATRIX, picture } from "../lib/screenshots.js";

const LOOK = { viewport: "wide", theme: "light", language: "de" };

let demo;
let browser;
before(async () => {
  [demo, browser] = await Promise.all([startDemo(), launch()]);
});
after(async () => {
  await browser?.close();
  await demo?.stop();
});

const open = (page, path) => page.goto(new URL(path, demo.url).href);

async function as(name, steps, look = LOOK) {
  const { context, page, problems } = await visitor(browser, look);
  await story(page, name, async () => {
    await signIn(page, demo);
    await steps(page);
  });
  assert.deepEqual(problems, [], "errors in the browser's console");
  await context.close();
}

test("a call leads to its appointment and back, and its agent is answered for", async () => {
  await as("calls", async (page) => {
    await open(page, "/demo");
    await page.locator("form[action='/demo/ring'] button").first().click();
    await page.waitForLoadState();
    await open(page, "/calls");
    const row = page.locator(".calls tbody tr").first();
    assert.match(await row.locator(".cell-summary").textContent(), /Wunsch nach einem Termin/);
    await row.locator(".cell-time a").click();
    await page.locator(".functions code", { hasText: "book_appointment" }).first().waitFor();
    await page.locator("a[href^='/appointments/apt_']").first().click();
    await page.locator(".timeline a[href^='/calls/']").first().click();
    await page.locator(".functions").waitFor();

    await open(page, "/calls");
    await page.locator(".notices a").first().click();
    await page.locator(".duty form button").first().click();
    await page.locator(".duty [data-tone='good']").first().waitFor();
  });
});

test("an agent is tried: an example ends well, and what is unexpected is told", async () => {
  await as("agent", async (page) => {
    await open(page, "/calls");
    await page.locator(".notices a").first().click();
    await page.locator(".scenarios a", { hasText: "Buchen" }).click();
    await page.locator("form[action$='/try'] button").click();
    await page.locator(".turns").waitFor();
    assert.deepEqual(await page.locator(".turns .error").allTextContents(), []);
    assert.match(await page.locator(".turns").textContent(), /Ihr Termin ist bestätigt/);
    await page.locator("#script").fill("find_appointments\nexpect ok");
    await page.locator("form[action$='/try'] button").click();
    await page.locator(".turns .error").waitFor();
    await open(page, "/calls");
    await page.locator(".calls .chip", { hasText: "Probe" }).first().waitFor();
  });
});

for (const look of MATRIX) {
  test(`calls, ${look.viewport} ${look.theme} ${look.language}`, async () => {
    await as(
      "calls-looks",
      async (page) => {
        await open(page, "/calls");
        const wider = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
        assert.ok(wider <= 0, `the calls are ${wider} px wider than the screen`);
        if (look.language === "de") await assertAccessible(page, "the calls");
        await picture(page, "calls", look);
        await page.locator(".notices a").first().click();
        await page.locator("form[action$='/try'] button").click();
        await page.locator(".turns").waitFor();
        if (look.language === "de") await assertAccessible(page, "an agent");
        const widest = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
        assert.ok(widest <= 0, `the agent's page is ${widest} px wider than the screen`);
        await picture(page, "agent", look);
        await open(page, "/calls");
        await page.locator(".calls .cell-time a").first().click();
        await page.locator(".functions").waitFor();
        if (look.language === "de") await assertAccessible(page, "a call");
        await picture(page, "call", look);
      },
      look,
    );
  });
}
