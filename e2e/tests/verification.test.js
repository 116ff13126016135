// A verification: begun by the button, followed while it goes on, and told by its report, in every look.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { appointment, create, synced } from "../lib/appointments.js";
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
before(async () => {
  [demo, browser] = await Promise.all([startDemo(), launch()]);
  simulator = new Simulator(demo);
});
after(async () => {
  await browser?.close();
  await demo?.stop();
});

const open = (page, path) => page.goto(new URL(path, demo.url).href);

async function fits(page, what) {
  const wider = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  assert.ok(wider <= 0, `${what} is ${wider} px wider than the screen`);
  const cut = await page.evaluate(() =>
    [...document.querySelectorAll("main .card")]
      .filter((card) => card.scrollWidth > card.clientWidth + 1)
      .map((card) => `${card.querySelector("h2")?.textContent ?? card.className}: ${card.scrollWidth - card.clientWidth} px`),
  );
  assert.deepEqual(cut, [], `cards of ${what} whose content is cut off`);
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

/** The account that the event type of the demo belongs to. */
async function account() {
  const { body } = await rest(demo, "GET", "/v1/services");
  const all = body.data.flatMap(({ event_types }) => event_types);
  return all.find((it) => it.calcom_event_type_id === simulator.event_type_id).connection_id;
}

/** Presses the button, and stays until the report tells the end. */
async function verify(page, { checkOnly = false } = {}) {
  // What runs already, the first of a new account for one, is not begun a second time.
  await until("no run is under way", async () => {
    const { body } = await rest(demo, "GET", "/v1/verifications");
    return body.data.every(({ state }) => state === "finished");
  });
  await open(page, "/verifications");
  await page.locator("#connection").selectOption(await account());
  await page.locator("[name=check_only]").setChecked(checkOnly);
  await page.locator("form.verify button").click();
  await page.waitForURL((url) => /^\/verifications\/ver_/.test(url.pathname));
  await page.locator(".toast", { hasText: "Die Prüfung hat begonnen" }).waitFor();
  const { pathname } = new URL(page.url());
  const { body } = await until("the run has come to its end", async () => {
    const read = await rest(demo, "GET", `/v1${pathname}`);
    return read.body.state === "finished" && read;
  });
  // The page that was open all the while says so by itself.
  await page.locator("dl.facts dt", { hasText: "Dauer" }).waitFor();
  return body;
}

test("what no webhook told of is found by the button, told by the report, and healed", async () => {
  const [start, other] = await simulator.slots();
  const { body: cancelled } = await create(demo, start);
  await synced(demo, cancelled.id);
  const { calcom_booking_uid: uid } = await appointment(demo, cancelled.id);
  const guest = { name: "Gerda Guest", email: "gerda@guest.example", phone: "+493090182099" };
  await simulator.fault({ fault: "loseWebhooks", times: 2 });
  await simulator.cancel(uid, "Krank");
  await simulator.book(other, guest);

  await as("verification by the button", async (page) => {
    await open(page, "/connections");
    await page.locator(".head a[href='/verifications']").click();
    await page.locator("form.verify").waitFor();
    const noted = await verify(page, { checkOnly: true });
    const unhealed = noted.findings.filter(({ healed_at }) => !healed_at).map(({ booking_uid }) => booking_uid);
    assert.ok(unhealed.includes(uid), JSON.stringify(noted));
    assert.equal((await appointment(demo, cancelled.id)).status, "confirmed", "nothing follows from a check only");
    await page.locator(".notice", { hasText: "Es wurde nur geprüft" }).waitFor();
    await assertAccessible(page, "the report of a check only");
    await picture(page, "verification-checked", LOOK);

    const healed = await verify(page);
    assert.equal(healed.open, 0, JSON.stringify(healed));
    assert.equal((await appointment(demo, cancelled.id)).status, "cancelled");
    await page.locator("#verdict", { hasText: "2 Abweichungen gefunden, alle behoben." }).waitFor();
    const row = page.locator(".findings tr", { hasText: uid });
    assert.match(await row.innerText(), /Bei Cal\.com anders als hier bekannt\s+Status/);
    await page.locator("#before").waitFor();
    await row.locator("a").click();
    await page.waitForURL((url) => url.pathname === `/appointments/${cancelled.id}`);

    // Now there is nothing left to find.
    assert.equal((await verify(page)).found, 0);
  });
});

test("a booking that cannot be read is asked about, with what the list says of it, and imported", async () => {
  const [, , start] = await simulator.slots();
  await simulator.fault({ fault: "loseWebhooks", times: 1 });
  await simulator.fault({ fault: "halfAnswer", call: "getBooking", times: 99 });
  const guest = { name: "Wanda Weber", email: "wanda@weber.example", phone: "+493090182098" };
  const { uid } = await simulator.book(start, guest);
  let item;
  await as("a question about a booking", async (page) => {
    const run = await verify(page);
    assert.deepEqual([run.open, run.questions >= 1], [1, true], JSON.stringify(run));
    await page.locator(".notice", { hasText: "offen" }).waitFor();
    await assertAccessible(page, "the report of a run that has asked");
    await page.locator(".notice a[href='/reviews']").click();
    await page.locator(".queue > li", { hasText: uid }).locator("h2 a").click();
    await page.waitForURL((url) => /^\/reviews\/rev_/.test(url.pathname));
    item = page.url();
    const name = page.locator(".sides tr", { hasText: guest.name });
    assert.match(await name.innerText(), /Kommt von Cal\.com/);
  });
  for (const look of MATRIX) {
    await as(
      `a question about a booking ${look.viewport} ${look.theme} ${look.language}`,
      async (page) => {
        await page.goto(item);
        await fits(page, "an item about a booking");
        await assertAccessible(page, "an item about a booking");
        await picture(page, "reviews-booking", look);
      },
      look,
    );
  }
  await simulator.lever("DELETE", "faults");
  await as("a booking is imported", async (page) => {
    await page.goto(item);
    await page.locator("button[name=choice][value=import]").click();
    await page.locator(".toast", { hasText: "Entschieden" }).waitFor();
    await until("it has become an appointment", async () => {
      const { body } = await rest(demo, "GET", "/v1/appointments?q=Wanda");
      return body.data?.some((one) => one.calcom_booking_uid === uid && one.sync_status === "synced");
    });
  });
});

for (const look of MATRIX) {
  test(`the pages of verifications, ${look.viewport}, ${look.theme}, ${look.language}`, async () => {
    const { body } = await rest(demo, "GET", "/v1/verifications");
    const most = body.data.reduce((one, two) => (two.found > one.found ? two : one));
    const name = `verification pages ${look.viewport} ${look.theme} ${look.language}`;
    await as(name, async (page) => {
      const pages = [
        ["/verifications", "verifications"],
        [`/verifications/${most.id}`, "verification"],
      ];
      // Where an account says when it was last verified; what these say otherwise is looked at elsewhere.
      if (look.theme === "light") pages.push(["/connections", "connections-verified"]);
      pages.push(["/", "overview-verified"]);
      for (const [path, called] of pages) {
        await open(page, path);
        await fits(page, called);
        // Contrast depends on the theme, targets on the width; the words change neither.
        if (look.language === "de") await assertAccessible(page, called);
        await picture(page, called, look);
      }
      await page.locator(".last-run a").first().click();
      await page.waitForURL((url) => /^\/verifications\/ver_/.test(url.pathname));
    }, look);
  });
}
