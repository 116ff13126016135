// Team and hours: a manager corrects what was typed wrongly, and enters an absence into which appointments fall.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { create } from "../lib/appointments.js";
import { assertAccessible } from "../lib/axe.js";
import { enter, launch, story, visitor } from "../lib/browser.js";
import { startDemo } from "../lib/demo.js";
import { MATRIX, picture } from "../lib/screenshots.js";
import { Simulator } from "../lib/simulator.js";

let demo;
let browser;
let booked;
before(async () => {
  [demo, browser] = await Promise.all([startDemo(), launch()]);
  const [start] = await new Simulator(demo).slots();
  const { status, body } = await create(demo, start);
  assert.equal(status, 201, JSON.stringify(body));
  booked = body;
});
after(async () => {
  await browser?.close();
  await demo?.stop();
});

async function fits(page, what) {
  const wider = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  assert.ok(wider <= 0, `${what} is ${wider} px wider than the screen`);
}

for (const look of MATRIX) {
  test(`hours and absences, ${look.viewport}, ${look.theme}, ${look.language}`, async () => {
    const { context, page, problems } = await visitor(browser, look);
    await story(page, `team ${look.viewport} ${look.theme} ${look.language}`, async () => {
      await enter(page, demo);
      await page.goto(new URL("/services", demo.url).href);
      await page.locator("a[href='/team']").click();
      await page.locator(".week").first().waitFor();
      await fits(page, "the team");
      await picture(page, "team", look);

      await page.locator("a[href^='/branches/']").first().click();
      const tuesday = page.locator("#tuesday");
      const before = await tuesday.inputValue();
      await tuesday.fill("9 bis abends");
      await Promise.all([page.waitForNavigation(), tuesday.press("Enter")]);
      await page.locator("#tuesday-error").waitFor();
      await fits(page, "hours that are wrong");
      if (look.language === "de") await assertAccessible(page, "hours that are wrong");
      await picture(page, "branch-hours-wrong", look);
      await tuesday.fill(before);
      await Promise.all([page.waitForNavigation(), tuesday.press("Enter")]);
      assert.equal(new URL(page.url()).pathname, "/team");

      await page.goto(new URL(`/staff/${booked.staff.id}`, demo.url).href);
      const day = booked.starts_at.slice(0, 10);
      await page.locator("#from_day").fill(day);
      await page.locator("#to_day").fill(day);
      await page.locator("#reason").fill("Urlaub");
      await Promise.all([page.waitForNavigation(), page.locator("#reason").press("Enter")]);
      const within = page.locator(`#absences a[href='/appointments/${booked.id}']`);
      await within.first().waitFor();
      await fits(page, "an absence");
      if (look.language === "de") await assertAccessible(page, "an absence");
      await picture(page, "staff-absence", look);
      await Promise.all([page.waitForNavigation(), page.locator("#absences form button").first().click()]);
      assert.equal(await within.count(), 0, "taken back");
    });
    // The browser's own word for the form that was refused on purpose.
    assert.deepEqual(problems.filter((problem) => !problem.includes("422")), []);
    await context.close();
  });
}
