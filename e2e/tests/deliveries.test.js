// The inbox of webhooks: what Cal.com told, what came of it, its content, and processing it again.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { appointment, create, synced } from "../lib/appointments.js";
import { assertAccessible } from "../lib/axe.js";
import { launch, signIn, story, visitor } from "../lib/browser.js";
import { startDemo } from "../lib/demo.js";
import { MATRIX, picture } from "../lib/screenshots.js";
import { Simulator } from "../lib/simulator.js";
import { until } from "../lib/until.js";

const LOOK = { viewport: "wide", theme: "light", language: "de" };
const NAME = "Gudrun Webhook";

let demo;
let browser;
let simulator;
before(async () => {
  [demo, browser] = await Promise.all([startDemo(), launch()]);
  simulator = new Simulator(demo);
  // One that was booked here and cancelled there, one of a guest, and one that nobody has signed.
  const [start, other] = await simulator.slots();
  const { body } = await create(demo, start);
  await synced(demo, body.id);
  await simulator.cancel((await appointment(demo, body.id)).calcom_booking_uid, "Krank");
  await until("the cancellation is known", async () => (await appointment(demo, body.id)).status === "cancelled");
  await simulator.fault({ fault: "forgeWebhooks", times: 1 });
  await simulator.book(other, { name: NAME, email: "gudrun@guest.example", phone: "+493090182077" });
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

test("a webhook is found, read, and processed again", async () => {
  await as("webhooks", async (page) => {
    await open(page, "/connections");
    await page.locator(".head a[href='/deliveries']").click();
    const cancelled = page.locator(".deliveries tr", { hasText: "BOOKING_CANCELLED" });
    await cancelled.filter({ hasText: "Abgesagt" }).first().waitFor();
    await page.locator(".deliveries tr", { hasText: "Falsche Signatur" }).first().waitFor();

    await page.locator("#trigger").selectOption("BOOKING_CREATED");
    await page.locator(".filters button").click();
    await page.waitForURL((url) => url.searchParams.get("trigger") === "BOOKING_CREATED");
    assert.equal(await page.locator(".deliveries tr", { hasText: "BOOKING_CANCELLED" }).count(), 0);
    await page.locator(".deliveries tbody tr", { hasText: "Gültig" }).locator(".cell-time a").first().click();
    await page.waitForURL((url) => /^\/deliveries\/whd_/.test(url.pathname));
    assert.ok(!(await page.content()).includes(NAME), "nothing personal is shown");
    await assertAccessible(page, "a webhook");

    await page.locator("form[action$='/reveal'] button").click();
    await page.locator("pre", { hasText: NAME }).waitFor();
    await page.locator("#deeds").waitFor();
    await picture(page, "delivery-whole", LOOK);
    await page.locator(".crumb a").click();
    await page.locator(".replay summary").click();
    await picture(page, "deliveries-replay", LOOK);
    await page.locator(".replay button").click();
    await page.locator(".toast", { hasText: "Sie werden noch einmal verarbeitet" }).waitFor();
    // What is open follows by itself until nothing waits.
    await page.locator(".deliveries tr", { hasText: "Wird gleich bearbeitet" }).first().waitFor({ state: "detached" });
  });
});

for (const look of MATRIX) {
  test(`the inbox, ${look.viewport}, ${look.theme}, ${look.language}`, async () => {
    await as(`inbox ${look.viewport} ${look.theme} ${look.language}`, async (page) => {
      await open(page, "/deliveries");
      const wider = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
      assert.ok(wider <= 0, `the inbox is ${wider} px wider than the screen`);
      if (look.language === "de") await assertAccessible(page, "the inbox");
      await picture(page, "deliveries", look);
    }, look);
  });
}
