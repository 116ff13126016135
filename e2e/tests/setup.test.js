// What is left to be set up: told on the overview, leads to where it is done, and goes when an admin does not want it.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { assertAccessible } from "../lib/axe.js";
import { launch, signIn, story, visitor } from "../lib/browser.js";
import { startDemo } from "../lib/demo.js";
import { MATRIX, picture } from "../lib/screenshots.js";

let demo;
let browser;
before(async () => {
  [demo, browser] = await Promise.all([startDemo(), launch()]);
});
after(async () => {
  await browser?.close();
  await demo?.stop();
});

/** Somebody with a browser does this; the browser's console stays empty. */
async function as(name, look, steps) {
  const { context, page, problems } = await visitor(browser, look);
  await story(page, name, async () => {
    await signIn(page, demo);
    await page.goto(demo.url);
    await steps(page);
  });
  assert.deepEqual(problems, [], "errors in the browser's console");
  await context.close();
}

const list = (page) => page.locator("section:has(> .card-head > #setup)");

for (const look of MATRIX) {
  test(`the list of what is left, ${look.viewport}, ${look.theme}, ${look.language}`, async () => {
    await as(`setup ${look.viewport} ${look.theme} ${look.language}`, look, async (page) => {
      const left = list(page).locator(".step:not([data-done])");
      assert.equal(await list(page).locator(".step").count(), 7);
      // The demo sends no e-mail; everything else is there.
      assert.equal(await left.count(), 1, await list(page).innerText());
      assert.equal(await left.locator("a").getAttribute("href"), "/notifications/settings");
      await assertAccessible(page, "the overview with the list");
      await picture(page, "overview-setup", look);
    });
  });
}

test("it leads on, goes when it is not wanted, and comes back", async () => {
  const look = { viewport: "wide", theme: "light", language: "de" };
  await as("setup is hidden", look, async (page) => {
    await list(page).locator(".step a").click();
    await page.waitForURL((url) => url.pathname === "/notifications/settings");
    await page.goBack();
    await list(page).getByRole("button", { name: "Nicht mehr anzeigen" }).click();
    await page.locator(".toast", { hasText: "nicht mehr angezeigt" }).waitFor();
    assert.equal(await list(page).count(), 0);
    await page.reload();
    assert.equal(await list(page).count(), 0);
    await page.getByRole("button", { name: "Offene Einrichtung wieder anzeigen" }).click();
    await list(page).waitFor();
  });
});
