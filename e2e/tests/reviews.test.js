// The queue of what waits for a person: seen, gone through by keys, decided one by one and many at once, in every look.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { appointment, create, sameInstant, syncStatus, synced } from "../lib/appointments.js";
import { assertAccessible } from "../lib/axe.js";
import { enter, launch, story, visitor } from "../lib/browser.js";
import { startDemo } from "../lib/demo.js";
import { rest } from "../lib/entrances.js";
import { MATRIX, picture } from "../lib/screenshots.js";
import { Simulator } from "../lib/simulator.js";
import { until } from "../lib/until.js";

const LOOK = { viewport: "wide", theme: "light", language: "de" };

let demo;
let browser;
let simulator;
let slots;
const conflicts = [];
before(async () => {
  [demo, browser] = await Promise.all([startDemo(), launch()]);
  simulator = new Simulator(demo);
  slots = await simulator.slots();
  for (let n = 0; n < 3; n += 1) conflicts.push(await conflict());
});
after(async () => {
  await browser?.close();
  await demo?.stop();
});

const open = (page, path) => page.goto(new URL(path, demo.url).href);

/** An appointment that was moved here and at Cal.com, each to another time. */
async function conflict() {
  const [start, here, there] = slots.splice(0, 3);
  const { body } = await create(demo, start);
  await synced(demo, body.id);
  const { calcom_booking_uid: uid, version } = await appointment(demo, body.id);
  await simulator.fault({ fault: "loseWebhooks", times: 2 });
  await simulator.move(uid, there);
  await rest(demo, "POST", `/v1/appointments/${body.id}/reschedule`, { body: { starts_at: here }, version: version ?? "*" });
  await until("both sides are seen to differ", async () => (await syncStatus(demo, body.id)).status === "conflict");
  return { id: body.id, here, there };
}

async function fits(page, what) {
  const wider = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  assert.ok(wider <= 0, `${what} is ${wider} px wider than the screen`);
}

/** Somebody with a browser does this; the browser's console stays empty. */
async function as(name, steps, look = LOOK) {
  const { context, page, problems } = await visitor(browser, look);
  await story(page, name, async () => {
    await enter(page, demo);
    await steps(page);
  });
  assert.deepEqual(problems, [], "errors in the browser's console");
  await context.close();
}

/** The entry of the queue that is about an appointment. */
const about = (page, id) => page.locator(".queue > li", { has: page.locator(`a[href$="${id}"]`) });

const path = (page) => new URL(page.url()).pathname;

test("the queue and an item look right in every language, theme and width", async () => {
  for (const look of MATRIX) {
    await as(
      `reviews-${look.viewport}-${look.theme}-${look.language}`,
      async (page) => {
        await open(page, "/reviews");
        await fits(page, "the queue");
        await assertAccessible(page, "the queue");
        await picture(page, "reviews-queue", look);
        await page.locator(".queue h2 a").first().click();
        await page.waitForURL((url) => /^\/reviews\/rev_/.test(url.pathname));
        await fits(page, "an item");
        await assertAccessible(page, "an item");
        await picture(page, "reviews-item", look);
      },
      look,
    );
  }
});

test("keys lead through the queue", async () => {
  await as("reviews-keys", async (page) => {
    await open(page, "/reviews?cause=conflict");
    const ids = await page.locator(".queue > li").evaluateAll((all) => all.map((item) => item.id));
    assert.ok(ids.length >= 3);
    await page.keyboard.press("j");
    await page.keyboard.press("j");
    await page.keyboard.press("k");
    await page.keyboard.press("Enter");
    await page.waitForURL((url) => url.pathname === `/reviews/${ids[0]}`);
    await page.keyboard.press("j");
    await page.waitForURL((url) => url.pathname === `/reviews/${ids[1]}` && url.search === "?cause=conflict");
    await page.keyboard.press("k");
    await page.waitForURL((url) => url.pathname === `/reviews/${ids[0]}`);
    // Whoever writes a note writes these letters.
    await page.locator("#text").fill("");
    await page.locator("#text").press("j");
    assert.equal(await page.locator("#text").inputValue(), "j");
    assert.equal(path(page), `/reviews/${ids[0]}`);
    // And whoever does not want them turns them off.
    await page.locator("[data-keys]").click();
    await page.keyboard.press("j");
    assert.equal(await page.locator("[data-keys]").getAttribute("aria-pressed"), "false");
    await page.locator("[data-keys]").click();
    assert.equal(path(page), `/reviews/${ids[0]}`);
  });
});

test("an item is given to somebody, put off, written about and decided; the next one comes", async () => {
  await as("reviews-decide", async (page) => {
    const [{ id, here }] = conflicts;
    await open(page, "/reviews?cause=conflict");
    await about(page, id).locator("h2 a").click();
    await page.waitForURL((url) => /^\/reviews\/rev_/.test(url.pathname));
    const item = page.url();
    await page.locator("#to").selectOption({ index: 1 });
    await page.locator("form[action$='/assign'] button").click();
    await page.locator(".toast", { hasText: "Zugewiesen" }).waitFor();
    await page.locator("#text").fill("Die Kundin ruft morgen zurück.");
    await page.locator("form[action$='/comment'] button").click();
    await page.locator(".timeline .comment", { hasText: "ruft morgen" }).waitFor();
    await page.locator("button[name=for][value='1h']").click();
    await page.locator(".toast", { hasText: "Zurückgestellt" }).waitFor();
    await page.locator("button[name=for]").click();
    await page.locator(".toast", { hasText: "wartet wieder" }).waitFor();
    await picture(page, "reviews-handled", LOOK);

    await page.locator("button[name=choice][value=ours]").click();
    await page.locator(".toast", { hasText: "Entschieden" }).waitFor();
    assert.notEqual(page.url(), item, "the next one");
    await synced(demo, id);
    const { calcom_booking_uid: uid } = await appointment(demo, id);
    assert.ok(sameInstant((await simulator.booking(uid)).start, here), "Cal.com follows");
  });
});

test("a decision is taken back from the message that follows it", async () => {
  for (const look of [LOOK, { viewport: "narrow", theme: "dark", language: "en" }]) {
    await as(
      `reviews-undo-${look.viewport}`,
      async (page) => {
        const [, { id, here, there }] = conflicts;
        await open(page, "/reviews?cause=conflict");
        await about(page, id).locator("h2 a").click();
        await page.locator("button[name=choice][value=theirs]").click();
        const button = page.locator(".toast button[name=choice][value=undo]");
        await button.waitFor();
        assert.ok(sameInstant((await appointment(demo, id)).starts_at, there));
        await fits(page, "the message");
        await assertAccessible(page, "the message");
        await picture(page, "reviews-undo", look);
        await button.click();
        await page.waitForURL((url) => /^\/reviews\/rev_/.test(url.pathname));
        assert.ok(sameInstant((await appointment(demo, id)).starts_at, here));
        await until("it is asked again", async () => (await syncStatus(demo, id)).status === "conflict");
        await page.reload();
        await assertAccessible(page, "what is asked again");
        await picture(page, "reviews-undone", look);
      },
      look,
    );
  }
});

test("many are given to somebody, put off and written about at once", async () => {
  for (const look of [LOOK, { viewport: "narrow", theme: "dark", language: "en" }]) {
    await as(
      `reviews-many-${look.viewport}`,
      async (page) => {
        for (const deed of ["assign", "comment", "snooze"]) {
          await open(page, "/reviews?cause=conflict");
          for (const { id } of conflicts.slice(1)) await about(page, id).locator("[name=ids]").check();
          // What has the focus is not under the bar that has come up.
          for (const box of await page.locator(".queue [name=ids]").all()) {
            await box.focus();
            const covered = await box.evaluate((it) => {
              const { left, top, width, height } = it.getBoundingClientRect();
              return document.elementFromPoint(left + width / 2, top + height / 2) !== it;
            });
            assert.ok(!covered, "a box with the focus is covered");
          }
          if (deed === "assign") await page.screenshot({ path: `screenshots/reviews-picked-${look.viewport}.png` });
          await page.locator("#decision").selectOption(deed);
          await page.locator("#bulk button").click();
          await fits(page, `the preview of ${deed}`);
          await assertAccessible(page, `the preview of ${deed}`);
          await picture(page, `reviews-bulk-${deed}`, look);
          if (deed === "assign") await page.locator("#to").selectOption({ index: 1 });
          if (deed === "comment") await page.locator("#text").fill("Cal.com war nicht da.");
          await page.locator("button[value=run]").click();
          await page.locator("#progress", { hasText: look.language === "de" ? "2 erledigt" : "2 done" }).waitFor();
        }
        await open(page, "/reviews?state=snoozed");
        await page.locator("#bulk [name=all]").check();
        await page.locator("#decision").selectOption("snooze");
        await page.locator("#bulk button").click();
        await page.locator("#for").selectOption("");
        await page.locator("button[value=run]").click();
        await page.locator("#progress strong").waitFor();
        await open(page, "/reviews?cause=conflict");
        for (const { id } of conflicts.slice(1)) await about(page, id).waitFor();
      },
      look,
    );
  }
});

test("the rest is decided at once, after a preview, and reported", async () => {
  await as("reviews-bulk", async (page) => {
    await open(page, "/reviews?cause=conflict");
    for (const { id } of conflicts.slice(1)) await about(page, id).locator("[name=ids]").check();
    await page.locator("#picked", { hasText: "2 ausgewählt" }).waitFor();
    await page.locator("#decision").selectOption("theirs");
    await page.locator("#bulk button").click();
    await page.locator("#progress", { hasText: "2 möglich" }).waitFor();
    await assertAccessible(page, "the preview");
    await picture(page, "reviews-bulk", LOOK);
    await page.locator("button[value=run]").click();
    await page.locator("#progress", { hasText: "2 erledigt" }).waitFor();
    await picture(page, "reviews-report", LOOK);
    for (const { id, there } of conflicts.slice(1)) {
      await synced(demo, id);
      assert.ok(sameInstant((await appointment(demo, id)).starts_at, there));
    }
  });
});
