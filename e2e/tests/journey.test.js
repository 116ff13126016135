// The way of an appointment through the admin pages, in a browser with and without scripts: booked here,
// seen at Cal.com, moved and cancelled there, followed here.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { appointment, person, sameInstant, synced } from "../lib/appointments.js";
import { launch, signIn, story, submit, visitor } from "../lib/browser.js";
import { startDemo } from "../lib/demo.js";
import { rest } from "../lib/entrances.js";
import { Simulator } from "../lib/simulator.js";
import { until } from "../lib/until.js";

let demo;
let browser;
let simulator;
let branch;
before(async () => {
  [demo, browser] = await Promise.all([startDemo(), launch()]);
  simulator = new Simulator(demo);
  const { body } = await rest(demo, "GET", "/v1/staff");
  branch = body.data.find(({ service_ids }) => service_ids.includes(demo.service_id)).branch_id;
});
after(async () => {
  await browser?.close();
  await demo?.stop();
});

const chips = (page) => page.locator("main .head .chips");
const facts = (page) => page.locator("main dl.facts").first();

/** The day in Berlin, as a date field takes it. */
const day = (instant) => new Date(instant).toLocaleDateString("sv-SE", { timeZone: "Europe/Berlin" });
const clock = (instant) =>
  new Date(instant).toLocaleTimeString("de-DE", { timeZone: "Europe/Berlin", hour: "2-digit", minute: "2-digit" });

/** Books the demo's service on the form and ends on the appointment's page. */
async function book(page, start, customer, press = (button) => button.click()) {
  await page.goto(new URL("/appointments/new", demo.url).href);
  await page.locator("select[name=branch]").selectOption(branch);
  await page.locator("select[name=service]").selectOption(demo.service_id);
  await page.locator("input[name=date]").fill(day(start));
  await press(page.locator("button[name=intent][value=times]"));
  const time = page.locator(`input[name=time]`).locator(`xpath=..`).filter({ hasText: clock(start) }).first();
  await time.waitFor();
  await time.click();
  await page.locator("input[name=name]").fill(customer.name);
  await page.locator("input[name=email]").fill(customer.email);
  await page.locator("input[name=phone]").fill(customer.phone);
  await page.locator("button[name=intent][value=book]").click();
  await page.waitForURL(/\/appointments\/(?!new)[^/]+$/);
  await page.getByRole("heading", { level: 1, name: customer.name }).waitFor();
  return new URL(page.url()).pathname.split("/").pop();
}

test("booked here, moved and cancelled at Cal.com, while the page follows by itself", async () => {
  const { context, page, problems } = await visitor(browser, { language: "en" });
  await story(page, "journey", async () => {
    const slots = await simulator.slots();
    const start = slots[2];
    const later = slots.findLast((slot) => clock(slot) !== clock(start));
    await signIn(page, demo);
    await page.getByRole("heading", { level: 1, name: "Overview" }).waitFor();
    const customer = person();
    const id = await book(page, start, customer);

    // From here on the page is not loaded again: what changes comes to it.
    await page.evaluate(() => (globalThis.sameDocument = true));
    await chips(page).getByText("In sync").waitFor();
    await synced(demo, id);
    const uid = (await appointment(demo, id)).calcom_booking_uid;
    const booking = await simulator.booking(uid);
    assert.ok(sameInstant(booking.start, start), `${booking.start} is ${start}`);
    assert.equal(booking.attendees[0].email, customer.email);

    await simulator.move(uid, later);
    await facts(page).getByText(clock(later)).waitFor();
    await until("the appointment follows the move", async () =>
      sameInstant((await appointment(demo, id)).starts_at, later),
    );
    await chips(page).getByText("In sync").waitFor();
    await synced(demo, id);

    const successor = (await appointment(demo, id)).calcom_booking_uid;
    assert.notEqual(successor, uid, "Cal.com gives a moved booking a new name");
    await simulator.cancel(successor, "Kundin hat bei Cal.com abgesagt");
    await chips(page).getByText("Cancelled").waitFor();
    await synced(demo, id);
    assert.equal(await page.evaluate(() => globalThis.sameDocument), true, "the page was never loaded again");
    assert.deepEqual(problems, []);
  });
  await context.close();
});

test("everything that a person does works without scripts", async () => {
  const { context, page } = await visitor(browser, { language: "de", scripts: false });
  await story(page, "without-scripts", async () => {
    const slots = await simulator.slots();
    const start = slots[5];
    const later = slots.findLast((slot) => clock(slot) !== clock(start) && slot !== slots.at(-1));
    await signIn(page, demo);
    const customer = person();
    const id = await book(page, start, customer, (button) => submit(page, button));
    await synced(demo, id);
    await page.reload();
    await chips(page).getByText("Abgeglichen").waitFor();

    await page.locator("main a[href$='/reschedule']").click();
    await page.locator("input[name=date]").fill(day(later));
    await submit(page, page.locator("button[name=intent][value=times]"));
    await page.locator("input[name=time]").locator("xpath=..").filter({ hasText: clock(later) }).first().click();
    await page.locator("textarea[name=reason]").fill("Kundin kommt später");
    await page.locator("button[name=intent][value=save]").click();
    await page.waitForURL(new RegExp(`/appointments/${id}$`));
    await facts(page).locator("strong", { hasText: clock(later) }).waitFor();
    await synced(demo, id);
    const uid = (await appointment(demo, id)).calcom_booking_uid;
    assert.ok(sameInstant((await simulator.booking(uid)).start, later));

    await page.locator("main a[href$='/cancel']").click();
    await page.locator("textarea[name=reason]").fill("Kundin hat abgesagt");
    await page.locator("main form[action$='/cancel'] button").click();
    await page.waitForURL(new RegExp(`/appointments/${id}$`));
    await synced(demo, id);
    assert.equal((await simulator.booking(uid)).status, "cancelled");

    await page.locator("form[action='/sign-out'] button").dispatchEvent("click");
    await page.locator("input[type=password]").waitFor();
    await page.goto(new URL(`/appointments/${id}`, demo.url).href);
    await page.locator("input[type=password]").waitFor();
  });
  await context.close();
});

test("a form from elsewhere changes nothing", async () => {
  const { context, page } = await visitor(browser);
  await signIn(page, demo);
  const answer = await context.request.post(new URL("/appointments", demo.url).href, {
    form: { service: demo.service_id, name: "Fremd" },
    maxRedirects: 0,
  });
  assert.equal(answer.status(), 403);
  await context.close();
});

test("the demo's buttons do what they say", async () => {
  const { context, page, problems } = await visitor(browser, { language: "en" });
  await story(page, "demo", async () => {
    await signIn(page, demo);
    await page.goto(new URL("/demo", demo.url).href);
    const log = page.locator("main ol.log li");
    for (const action of ["ring", "book", "move", "cancel"]) {
      const before = await log.count();
      await page.locator(`form[action='/demo/${action}'] button`).click();
      await until(`the log tells of ${action}`, async () => (await log.count()) > before);
    }
    for (const fault of ["lose-webhook", "fail-after-effect", "too-many-requests", "down"]) {
      await page.locator(`form[action='/demo/${fault}'] button`).click();
      await page.waitForLoadState();
    }
    assert.deepEqual(problems, []);
  });
  await context.close();
});
