// Telling people: the bell of a page that is open, the list behind it, channels and rules, and a room that is told too.
import assert from "node:assert/strict";
import { createServer } from "node:http";
import { after, before, test } from "node:test";

import { create } from "../lib/appointments.js";
import { assertAccessible } from "../lib/axe.js";
import { launch, signIn, story, visitor } from "../lib/browser.js";
import { startDemo } from "../lib/demo.js";
import { MATRIX, picture } from "../lib/screenshots.js";
import { Simulator } from "../lib/simulator.js";
import { until } from "../lib/until.js";

const LOOK = { viewport: "wide", theme: "light", language: "de" };

let demo;
let browser;
let simulator;
let room;
const told = [];
before(async () => {
  [demo, browser] = await Promise.all([startDemo(), launch()]);
  simulator = new Simulator(demo);
  room = createServer((request, response) => {
    let body = "";
    request.on("data", (part) => (body += part));
    request.on("end", () => {
      told.push({ path: request.url, body: JSON.parse(body) });
      response.end("ok");
    });
  });
  await new Promise((listening) => room.listen(0, "127.0.0.1", listening));
});
after(async () => {
  await browser?.close();
  await demo?.stop();
  room?.close();
});

const open = (page, path) => page.goto(new URL(path, demo.url).href);

async function fits(page, what) {
  const wider = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  assert.ok(wider <= 0, `${what} is ${wider} px wider than the screen`);
}

/** Somebody with a browser does this; the browser's console stays empty. */
async function as(name, steps, look = LOOK) {
  const { context, page, problems } = await visitor(browser, look);
  await story(page, name, async () => {
    await signIn(page, demo);
    await steps(page);
  });
  assert.deepEqual(problems, [], "errors in the browser's console");
  await context.close();
}

/** Two customers want the same time: somebody at Cal.com is quicker while nobody tells of it. */
async function takenTime() {
  const [start] = await simulator.slots();
  await simulator.fault({ fault: "loseWebhooks", times: 1 });
  await simulator.book(start, { name: "Gerda Guest", email: "gerda@guest.example", phone: "+493090182099" });
  const { status, body } = await create(demo, start);
  assert.equal(status, 201, JSON.stringify(body));
  return body;
}

test("a room is added and tried, and what happens rings the bell of the page that is open and reaches the room", async () => {
  await as("notifications", async (page) => {
    await open(page, "/notifications/settings");
    const { port } = room.address();
    await page.locator("#new [name=name]").fill("#empfang");
    await page.locator("#new [name=target]").fill(`http://127.0.0.1:${port}/hook`);
    await page.locator("#new button").click();
    const card = page.locator(".channel", { hasText: "#empfang" });
    await card.waitFor();
    await card.locator("button[value=test]").click();
    await page.waitForURL((url) => url.pathname === "/notifications/log");
    await until("the test has arrived", () => told.length > 0);
    assert.deepEqual(told[0].path, "/hook");
    assert.match(told[0].body.text, /Das ist eine Probe/);
    await page.locator(".told-row", { hasText: "Zugestellt" }).waitFor();

    // The list is open while it happens.
    await open(page, "/notifications");
    const before = await page.locator(".told .unread").count();
    const { customer } = await takenTime();
    await page.locator(".told .unread", { hasText: "schon vergeben" }).first().waitFor();
    assert.ok((await page.locator(".told .unread").count()) >= before);
    await page.locator("#bell .badge").waitFor();
    await picture(page, "notifications-bell", LOOK);
    await until("the room is told", () => told.some(({ body }) => body.text.includes("schon vergeben")));
    const { text } = told.find(({ body }) => body.text.includes("schon vergeben")).body;
    assert.ok(text.includes(demo.url), text);
    assert.ok(!/Gerda|3090182099|guest\.example/.test(text) && !text.includes(customer.name), text);
    const entry = page.locator(".told .unread", { hasText: "schon vergeben" });
    await entry.locator("button").click();
    await page.waitForURL((url) => url.pathname.startsWith("/reviews"));
  });
});

for (const look of MATRIX) {
  test(`the pages of notifications, ${look.viewport}, ${look.theme}, ${look.language}`, async () => {
    const name = `notification pages ${look.viewport} ${look.theme} ${look.language}`;
    await as(name, async (page) => {
      const pages = [
        ["/notifications", "notifications"],
        ["/notifications/settings", "notification-settings"],
        ["/notifications/log", "notification-log"],
      ];
      for (const [path, called] of pages) {
        await open(page, path);
        for (const summary of await page.locator(".channel summary").all()) await summary.click();
        await fits(page, called);
        // Contrast depends on the theme, targets on the width; the words change neither.
        if (look.language === "de") await assertAccessible(page, called);
        await picture(page, called, look);
      }
    }, look);
  });
}
