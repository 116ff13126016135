// A connection whose key Cal.com refuses: what the pages say, and the way out of it for an admin.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { create, syncStatus, synced } from "../lib/appointments.js";
import { assertAccessible } from "../lib/axe.js";
import { enter, launch, signIn, story, visitor } from "../lib/browser.js";
import { startDemo } from "../lib/demo.js";
import { MATRIX, picture } from "../lib/screenshots.js";
import { Simulator } from "../lib/simulator.js";
import { until } from "../lib/until.js";

let demo;
let browser;
let simulator;
before(async () => {
  [demo, browser] = await Promise.all([startDemo(), launch()]);
  simulator = new Simulator(demo);
});
after(async () => {
  await browser?.close();
  await demo?.stop();
});

/** Somebody at Cal.com takes the salon's key back and makes another one. */
async function renewKey(key) {
  const world = await simulator.lever("GET", "state");
  const renewed = JSON.parse(JSON.stringify(world).replaceAll(`"${simulator.api_key}"`, `"${key}"`));
  assert.notDeepEqual(renewed, world, "the key is in the world");
  await simulator.lever("PUT", "state", renewed);
  simulator.api_key = key;
}

async function fits(page, what) {
  const wider = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  assert.ok(wider <= 0, `${what} is ${wider} px wider than the screen`);
}

test("a refused key is told, replaced, and what was collected is sent", async () => {
  const [start] = await simulator.slots();
  await renewKey("cal_renewed");
  const { status, body } = await create(demo, start);
  assert.equal(status, 201, JSON.stringify(body));
  const address = new URL(`/appointments/${body.id}`, demo.url).href;

  for (const look of MATRIX) {
    const { context, page, problems } = await visitor(browser, look);
    await story(page, `refused key ${look.viewport} ${look.theme} ${look.language}`, async () => {
      await signIn(page, demo);
      await page.goto(address);
      await page.locator(".explanation a[href^='/connections#']").waitFor();
      await fits(page, "the appointment");
      await picture(page, "appointments-stopped", look);
      await page.locator(".explanation a").click();
      const field = page.locator(".new-key[open] input[name=api_key]");
      await field.fill("cal_nonsense");
      await Promise.all([page.waitForNavigation(), field.press("Enter")]);
      const error = page.locator(".new-key[open] .error");
      await error.waitFor();
      assert.ok(await error.evaluate((one) => one.getBoundingClientRect().top < innerHeight), "what is wrong is in sight");
      assert.match(await error.textContent(), look.language === "de" ? /Der alte ist geblieben/ : /The old one has stayed/);
      assert.equal(await page.locator(".new-key input[name=api_key]").first().inputValue(), "", "no key is shown again");
      await fits(page, "the connections");
      if (look.language === "de") await assertAccessible(page, "connections with a refused key");
      await picture(page, "connections-refused", look);
      // A form that is refused is no mistake of the page.
      assert.deepEqual(problems.filter((problem) => !/status of 422 .*\/key#/.test(problem)), []);
    });
    await context.close();
  }
  assert.notEqual((await syncStatus(demo, body.id)).status, "synced");

  const { context, page, problems } = await visitor(browser);
  await story(page, "a new key", async () => {
    await signIn(page, demo);
    await page.goto(new URL("/connections", demo.url).href);
    await page.locator(".new-key[open] input[name=api_key]").fill("cal_renewed");
    await page.locator(".new-key[open] button").click();
    await page.getByText("The new key was checked and stored.").waitFor();
    await synced(demo, body.id);
    await until("the page says so by itself", async () => (await page.locator(".connection .notice").count()) === 0);
    assert.deepEqual(problems, []);
  });
  await context.close();
});

test("an account is stopped, tells what waits, and catches up", async () => {
  for (const look of MATRIX) {
    const { context, page, problems } = await visitor(browser, look);
    await story(page, `a pause ${look.viewport} ${look.theme} ${look.language}`, async () => {
      await enter(page, demo);
      await page.goto(new URL("/connections", demo.url).href);
      const connection = page.locator(".connection").first();
      await connection.locator(".pause summary").click();
      await fits(page, "the question before a pause");
      await connection.locator(".pause button").click();
      await page.locator(".toast").waitFor();
      const notice = connection.locator(".notice", { hasText: look.language === "de" ? "Es warten" : "wait." });
      await notice.waitFor();
      await fits(page, "a connection that rests");
      if (look.language === "de") await assertAccessible(page, "a connection that rests");
      await picture(page, "connections-paused", look);
      await page.goto(demo.url);
      await page.getByText(look.language === "de" ? /ist angehalten/ : /is stopped/).first().waitFor();
      await picture(page, "overview-paused", look);
      await page.goto(new URL("/connections", demo.url).href);
      await connection.locator("form[action$='/resume'] button").click();
      await page.locator(".toast").waitFor();
      await connection.locator(".pause").waitFor();
      assert.deepEqual(problems, []);
    });
    await context.close();
  }
});
