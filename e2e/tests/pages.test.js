// Every page: reachable by links, accessible, without sideways scrolling, and kept as pictures to look at.
import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { after, before, test } from "node:test";

import { appointment, create, syncStatus, synced } from "../lib/appointments.js";
import { assertAccessible } from "../lib/axe.js";
import { launch, signIn, visitor } from "../lib/browser.js";
import { startDemo } from "../lib/demo.js";
import { rest } from "../lib/entrances.js";
import { MATRIX, crawl, nameOf, picture } from "../lib/screenshots.js";
import { Simulator } from "../lib/simulator.js";
import { until } from "../lib/until.js";

let demo;
let browser;
let conflict;
before(async () => {
  [demo, browser] = await Promise.all([startDemo(), launch()]);
  conflict = await makeConflict();
});

/** The appointment with the most to show: moved at Cal.com, which nobody heard of, and moved here. */
async function makeConflict() {
  const simulator = new Simulator(demo);
  const [start, here, there] = await simulator.slots();
  const { body } = await create(demo, start);
  await synced(demo, body.id);
  await simulator.fault({ fault: "loseWebhooks", times: 2 });
  await simulator.move((await appointment(demo, body.id)).calcom_booking_uid, there);
  const moved = await rest(demo, "POST", `/v1/appointments/${body.id}/reschedule`, {
    version: (await appointment(demo, body.id)).version,
    body: { starts_at: here, reason: "Kundin kommt früher" },
    idempotencyKey: randomUUID(),
  });
  assert.equal(moved.status, 200, JSON.stringify(moved.body));
  await until("both sides are seen to differ", async () => (await syncStatus(demo, body.id)).status === "conflict");
  return body.id;
}

after(async () => {
  await browser?.close();
  await demo?.stop();
});

/** What must be true of a page however it is shown. */
async function check(page, { theme, language }, what) {
  assert.equal(await page.locator("html").getAttribute("lang"), language, `${what} is in the chosen language`);
  const wider = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  assert.ok(wider <= 0, `${what} is ${wider} px wider than the screen`);
  const cut = await page.evaluate(() =>
    [...document.querySelectorAll("main .card")]
      .filter((card) => card.scrollWidth > card.clientWidth + 1)
      .map((card) => `${card.querySelector("h2")?.textContent ?? card.className}: ${card.scrollWidth - card.clientWidth} px`),
  );
  assert.deepEqual(cut, [], `cards of ${what} whose content is cut off`);
  assert.equal(await page.locator("h1").count(), 1, `${what} has one heading of the first order`);
  const dark = await page.evaluate(() => {
    const canvas = new OffscreenCanvas(1, 1).getContext("2d");
    for (const element of [document.documentElement, document.body]) {
      canvas.fillStyle = getComputedStyle(element).backgroundColor;
      canvas.fillRect(0, 0, 1, 1);
    }
    const [red, green, blue] = canvas.getImageData(0, 0, 1, 1).data;
    return red + green + blue < 384;
  });
  assert.equal(dark, theme === "dark", `${what} follows the theme`);
}

for (const look of MATRIX) {
  test(`pages, ${look.viewport}, ${look.theme}, ${look.language}`, async () => {
    const { context, page, problems } = await visitor(browser, look);
    await page.goto(demo.url);
    await check(page, look, "sign-in");
    await assertAccessible(page, "sign-in");
    await picture(page, "sign-in", look);

    await signIn(page, demo);
    const pages = await crawl(page, demo.url);
    pages.push({ address: new URL(`/appointments/${conflict}`, demo.url).href, status: 200, name: "appointments-conflict" });
    assert.ok(pages.length >= 6, `only ${pages.map(({ address }) => address)}`);
    for (const { address, status, name = nameOf(new URL(address).pathname) } of pages) {
      const what = new URL(address).pathname;
      assert.equal(status, 200, what);
      await page.goto(address);
      await check(page, look, what);
      // Contrast depends on the theme, targets on the width; the words change neither.
      if (look.language === "de") await assertAccessible(page, what);
      await picture(page, name, look);
    }
    // What many at once would bring is an answer to a form: no link leads there.
    await page.goto(new URL("/appointments", demo.url).href);
    await page.locator("input[name=all]").check();
    await page.locator("#bulk-action").selectOption("cancel");
    await page.locator("#bulk button").click();
    await page.locator("#progress").waitFor();
    await check(page, look, "bulk preview");
    if (look.language === "de") await assertAccessible(page, "bulk preview");
    await picture(page, "appointments-bulk", look);
    assert.deepEqual(problems, [], "errors in the browser's console");
    await context.close();
  });
}
