// What a person can do about appointments on the admin pages, one and many, each seen here and at Cal.com.
import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { after, before, test } from "node:test";

import { appointment, create, listed, person, sameInstant, syncStatus, synced } from "../lib/appointments.js";
import { launch, signIn, story, submit, visitor } from "../lib/browser.js";
import { startDemo } from "../lib/demo.js";
import { rest } from "../lib/entrances.js";
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

const address = (id, page = "") => new URL(`/appointments/${id}${page}`, demo.url).href;
const chips = (page) => page.locator("main .head .chips");
const toast = (page) => page.locator(".toast").first();
/** The day in Berlin, as a date field takes it. */
const day = (instant) => new Date(instant).toLocaleDateString("sv-SE", { timeZone: "Europe/Berlin" });

/** The salon's people and services by their names. */
async function catalogue() {
  const [staff, services] = await Promise.all(["staff", "services"].map((name) => rest(demo, "GET", `/v1/${name}`)));
  const by = ({ body }) => Object.fromEntries(body.data.map((one) => [one.name, one]));
  return { staff: by(staff), services: by(services) };
}

/** Times at which a person is free for a service, within a month, none of them soon. */
async function freeTimes(service, staff) {
  const [from, to] = [4, 30].map((days) => day(Date.now() + days * 86_400_000));
  const query = new URLSearchParams({ service: service.id, staff: staff.id, from, to, limit: 1000 });
  const { status, body } = await rest(demo, "GET", `/v1/slots?${query}`);
  assert.deepEqual([status, body.calcom], [200, "included"], JSON.stringify(body));
  return body.data.map(({ starts_at }) => starts_at);
}

/** Makes an appointment that both sides know; answers it. */
async function made(start, more) {
  const { status, body } = await create(demo, start, more);
  assert.equal(status, 201, JSON.stringify(body));
  await synced(demo, body.id);
  return appointment(demo, body.id);
}

/** The booking that stands for an appointment once both sides agree. */
async function booking(id) {
  await synced(demo, id);
  return simulator.booking((await appointment(demo, id)).calcom_booking_uid);
}

/** Tells a story to somebody who is signed in; nothing may go wrong in the browser meanwhile. */
async function told(name, look, steps) {
  const { context, page, problems } = await visitor(browser, look);
  await story(page, name, async () => {
    await signIn(page, demo);
    await steps(page);
    // A form that is refused is no mistake of the page.
    assert.deepEqual(problems.filter((problem) => !/status of 422 .*\/edit$/.test(problem)), []);
  });
  await context.close();
}

test("edited: time in quarters and never the past, other staff, other service, other name", async () => {
  const { staff, services } = await catalogue();
  const [mira, jonas] = [staff["Mira Vogel"], staff["Jonas Albrecht"]];
  const [cut, mens] = [services.Damenhaarschnitt, services.Herrenhaarschnitt];
  // On a day on which he has time, too: his week is not hers.
  const his = await freeTimes(cut, jonas);
  const quarters = (start) => his.filter((one) => day(one) === day(start) && !/:00:00/.test(one) && !sameInstant(one, start));
  const start = (await freeTimes(cut, mira)).find((one) => quarters(one).length > 0);
  const { id, calcom_booking_uid: first } = await made(start, { service_id: cut.id, staff_id: mira.id });

  await told("edit", { language: "en", scripts: false }, async (page) => {
    const field = (name) => page.locator(`main [name=${name}]:not([type=hidden], [type=radio])`);
    const press = (intent) => submit(page, page.locator(`button[name=intent][value=${intent}]`));
    const free = page.locator("input[name=time]:not([disabled])");
    await page.goto(address(id, "/edit"));
    const values = await page.locator("input[name=time]").evaluateAll((all) => all.map(({ value }) => value));
    assert.ok(values.length > 10 && values.every((time) => /:(00|15|30|45)$/.test(time)), `${values}`);

    await field("date").fill(day(Date.now() - 7 * 86_400_000));
    await press("times");
    assert.equal(await free.count(), 0, "no time of the past is offered");
    await press("save");
    await page.locator(".error").first().waitFor();
    assert.ok(sameInstant((await appointment(demo, id)).starts_at, start), "nothing was moved");

    // All at once: other staff, another quarter of an hour, another name.
    await field("date").fill(day(start));
    await field("staff").selectOption(jonas.id);
    await press("times");
    const times = await free.evaluateAll((all) => all.map(({ value }) => value));
    const clock = new Date(start).toLocaleTimeString("de-DE", { timeZone: "Europe/Berlin", hour: "2-digit", minute: "2-digit" });
    const time = times.find((one) => one !== clock && !one.endsWith(":00"));
    await page.locator(`label.time:has(input[value="${time}"])`).click();
    await field("name").fill("Nora Neumann");
    await field("reason").fill("Mira ist auf Fortbildung");
    await press("save");
    await toast(page).getByText("Saved here").waitFor();
  });
  const moved = await booking(id);
  const here = await appointment(demo, id);
  assert.equal(here.staff.id, jonas.id);
  assert.ok(!sameInstant(here.starts_at, start) && sameInstant(here.starts_at, moved.start), moved.start);
  assert.deepEqual([moved.status, moved.hosts[0].name], ["accepted", "Jonas Albrecht"]);
  assert.equal(moved.attendees[0].name, "Nora Neumann");
  assert.notEqual(moved.uid, first);
  assert.equal((await simulator.booking(first)).status, "cancelled");

  await told("edit-service", { language: "en" }, async (page) => {
    await page.goto(address(id, "/edit"));
    const answered = page.waitForResponse((response) => response.url().endsWith("/edit") && response.request().method() === "POST");
    await page.locator("select[name=service]").selectOption(mens.id);
    await answered;
    await page.locator("button[name=intent][value=save]").click();
    await toast(page).getByText("Saved here").waitFor();
    await chips(page).getByText("In sync").waitFor();
  });
  const other = await booking(id);
  assert.deepEqual([other.duration, other.eventType.slug], [mens.duration_minutes, "herrenhaarschnitt"]);
  assert.ok(sameInstant(other.start, here.starts_at));
  assert.equal((await simulator.booking(moved.uid)).status, "cancelled");

  // What Cal.com cannot change on a booking counts here; the page says that it stays different, and why.
  await told("edit-name", { language: "en" }, async (page) => {
    await page.goto(address(id, "/edit"));
    await page.locator("input[name=name]").fill("Nora Neumann-Berg");
    await page.locator("button[name=intent][value=save]").click();
    await page.getByRole("heading", { level: 1, name: "Nora Neumann-Berg" }).waitFor();
    await page.locator("tr[data-verdict=accepted]", { hasText: "Nora Neumann-Berg" }).waitFor();
  });
  assert.equal((await booking(id)).uid, other.uid, "the booking is the same");
});

test("a no-show is noted at Cal.com too, and can be taken back", async () => {
  const over = (one) => one.status === "confirmed" && one.sync_status === "synced" && Date.parse(one.ends_at) < Date.now();
  const { id, calcom_booking_uid: uid } = (await listed(demo, "limit=200")).findLast(over);
  const absent = async () => (await simulator.booking(uid)).attendees[0].absent;
  await told("no-show", { language: "en" }, async (page) => {
    await page.goto(address(id));
    await page.locator("form[action$='/no-show'] button").click();
    await chips(page).getByText("No-show").waitFor();
    await until("Cal.com knows of the no-show", absent);
    await synced(demo, id);
    const { version } = await appointment(demo, id);
    const refused = await rest(demo, "POST", `/v1/appointments/${id}/cancel`, { version, body: { reason: "zu spät" } });
    assert.deepEqual([refused.status, refused.body.code], [409, "wrong_status"]);

    await page.locator("form[action$='/no-show'] button[value=false]").click();
    await chips(page).getByText("Confirmed").waitFor();
    await until("Cal.com knows that they came", async () => !(await absent()));
    await synced(demo, id);
  });
});

test("a deletion warns, cancels at Cal.com and leaves the lists", async () => {
  const customer = person();
  const { id, calcom_booking_uid: uid } = await made((await simulator.slots())[6], { customer });
  await told("delete", { language: "de" }, async (page) => {
    await page.goto(address(id));
    await page.locator("main .head a[href$='/delete']").click();
    const warning = page.locator("main .notice");
    await warning.getByText("Der Termin wird abgesagt").waitFor();
    await warning.getByText("Die Buchung wird abgesagt").waitFor();
    assert.equal((await appointment(demo, id)).status, "confirmed", "a warning changes nothing");
    await page.locator("textarea[name=reason]").fill("Doppelt angelegt");
    await page.locator("main form[action$='/delete'] button").click();
    await page.locator("main .notice").getByText("in keiner Liste mehr").waitFor();
    await page.goto(new URL(`/appointments?q=${encodeURIComponent(customer.name)}`, demo.url).href);
    await page.getByText("Kein Termin passt dazu").waitFor();
  });
  await synced(demo, id);
  const gone = await simulator.booking(uid);
  assert.deepEqual([gone.status, gone.cancellationReason], ["cancelled", "Doppelt angelegt"]);
});

test("many are cancelled: the selected ones, then all that match, with preview and report", async () => {
  const tag = `Sammel ${randomUUID().slice(0, 8)}`;
  const slots = (await simulator.slots()).slice(8, 13);
  const five = [];
  for (const [number, start] of slots.entries()) {
    five.push(await made(start, { customer: { ...person(), name: `${tag} ${number}` } }));
  }
  const states = () => Promise.all(five.map(async ({ calcom_booking_uid: uid }) => (await simulator.booking(uid)).status));
  await told("bulk", { language: "en" }, async (page) => {
    const list = new URL(`/appointments?q=${encodeURIComponent(tag)}`, demo.url).href;
    const progress = page.locator("#progress");
    await page.goto(list);
    for (const { id } of five.slice(1, 3)) await page.locator(`input[name=ids][value="${id}"]`).check();
    await page.getByText("2 selected").waitFor();
    await page.locator("#bulk-action").selectOption("cancel");
    await page.locator("#bulk button").click();
    await progress.getByText("2 of 2 appointments checked").waitFor();
    assert.equal(await page.locator("tbody tr", { hasText: "To Cal.com: cancel the booking" }).count(), 2);
    assert.deepEqual(await states(), Array(5).fill("accepted"), "a preview changes nothing");
    await page.locator("textarea[name=reason]").fill("Wasserschaden");
    await page.locator("button[name=intent][value=run]").click();
    await progress.getByText("2 of 2 appointments processed").waitFor();
    await progress.getByText("2 done · 0 unchanged · 0 not possible").waitFor();
    await Promise.all(five.slice(1, 3).map(({ id }) => synced(demo, id)));
    assert.deepEqual(await states(), ["accepted", "cancelled", "cancelled", "accepted", "accepted"]);

    await page.locator("#rounds a").click();
    await page.locator("input[name=all]").check();
    await page.locator("#bulk-action").selectOption("cancel");
    await page.locator("#bulk button").click();
    await progress.getByText("5 of 5 appointments checked").waitFor();
    await progress.getByText("3 possible · 2 unchanged").waitFor();
    await page.locator("textarea[name=reason]").fill("Umbau");
    await page.getByRole("button", { name: "Do it to 3 appointments" }).click();
    await progress.getByText("3 done · 2 unchanged · 0 not possible").waitFor();
  });
  await Promise.all(five.map(({ id }) => synced(demo, id)));
  assert.deepEqual(await states(), Array(5).fill("cancelled"));
  const reasons = await Promise.all(five.map(async ({ calcom_booking_uid: uid }) => (await simulator.booking(uid)).cancellationReason));
  assert.deepEqual(reasons, ["Umbau", "Wasserschaden", "Wasserschaden", "Umbau", "Umbau"]);
});

test("what was asked for at Cal.com is confirmed or rejected here", async () => {
  await simulator.askHost(true);
  const slots = await simulator.slots();
  const [welcome, unwelcome] = [person(), person()];
  const asked = async (start, customer) => {
    const { uid } = await simulator.book(start, customer);
    assert.equal((await simulator.booking(uid)).status, "pending");
    const found = async () => (await listed(demo, "status=requested")).find((one) => one.calcom_booking_uid === uid);
    return { uid, id: (await until("the request is here", found)).id };
  };
  const [yes, no] = [await asked(slots[0], welcome), await asked(slots[1], unwelcome)];
  await told("requests", { language: "de" }, async (page) => {
    await page.goto(address(yes.id));
    await page.locator(".explanation").getByText("Bestätigen Sie die Anfrage").waitFor();
    await page.locator("form[action$='/confirm'] button").click();
    await chips(page).getByText("Bestätigt").waitFor();
    await synced(demo, yes.id);
    assert.equal((await simulator.booking(yes.uid)).status, "accepted");

    await page.goto(address(no.id));
    await page.getByRole("link", { name: "Ablehnen" }).click();
    await page.locator("textarea[name=reason]").fill("An diesem Tag sind wir nicht da");
    await page.locator("main form[action$='/cancel'] button").click();
    await chips(page).getByText("Abgesagt").waitFor();
    await synced(demo, no.id);
    assert.equal((await simulator.booking(no.uid)).status, "rejected");
  });
  assert.equal((await syncStatus(demo, no.id)).status, "synced");
});
