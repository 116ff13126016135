// Services and event types: changed here, changed at Cal.com, new at Cal.com, and brought together by hand.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { create } from "../lib/appointments.js";
import { assertAccessible } from "../lib/axe.js";
import { launch, signIn, story, visitor } from "../lib/browser.js";
import { startDemo } from "../lib/demo.js";
import { rest } from "../lib/entrances.js";
import { picture } from "../lib/screenshots.js";
import { Simulator } from "../lib/simulator.js";
import { until } from "../lib/until.js";

const LOOK = { viewport: "wide", theme: "light", language: "de" };

let demo;
let browser;
let simulator;
let service;
before(async () => {
  [demo, browser] = await Promise.all([startDemo(), launch()]);
  simulator = new Simulator(demo);
  const ours = ({ event_types }) => event_types.some((it) => it.calcom_event_type_id === simulator.event_type_id);
  service = (await services()).find(ours);
  assert.ok(service, "the event type of the demo belongs to a service");
});
after(async () => {
  await browser?.close();
  await demo?.stop();
});

async function services() {
  return (await rest(demo, "GET", "/v1/services")).body.data;
}

const now = async () => (await rest(demo, "GET", `/v1/services/${service.id}`)).body;

/** Our event type as Cal.com tells it. */
const there = () => simulator.api(`/v2/event-types/${simulator.event_type_id}`, "2024-06-14");

const open = (page, path) => page.goto(new URL(path, demo.url).href);

/** An admin presses the button that has everything looked at. */
async function look(page) {
  await open(page, "/services");
  await page.locator("form[action='/services/look'] button").click();
  await page.locator(".toast").waitFor();
}

async function divergence(field) {
  const { body } = await rest(demo, "GET", `/v1/services/${service.id}/divergences`);
  return body.data.find((it) => it.field === field && it.calcom_event_type_id === simulator.event_type_id);
}

/** Somebody with a browser does this; the browser's console stays empty. */
async function as(name, steps, options = LOOK) {
  const { context, page, problems } = await visitor(browser, options);
  await story(page, name, async () => {
    await signIn(page, demo);
    await steps(page);
  });
  // A form that was refused is told as such, which the browser notes.
  const others = problems.filter((problem) => !/status of 422 .*\/edit$/.test(problem));
  assert.deepEqual(others, [], "errors in the browser's console");
  await context.close();
}

/** Whether a person sees it without scrolling. */
const inView = (locator) =>
  locator.evaluate((it) => {
    const { top, bottom } = it.getBoundingClientRect();
    return top >= 0 && bottom <= innerHeight;
  });

test("the status opens by pointer, keyboard and without a script, and closes with Esc", async () => {
  const tip = `#state-${service.id}`;
  const shown = (page) => page.locator(`${tip}:popover-open`).waitFor();
  const hidden = (page) => page.locator(tip).waitFor({ state: "hidden" });
  const button = `[popovertarget=state-${service.id}]`;
  await as("status popover", async (page) => {
    await open(page, "/services");
    await page.locator(button).hover();
    await shown(page);
    assert.match(await page.locator(tip).innerText(), /Ihre Plattform → Cal\.com/);
    await assertAccessible(page, "/services with a popover");
    await picture(page, "services-status", LOOK);
    await page.keyboard.press("Escape");
    await hidden(page);
    await page.mouse.move(0, 0);
    await page.locator(`tr:has(${button}) .cell-name a`).focus();
    await page.keyboard.press("Tab");
    await shown(page);
    await page.keyboard.press("Escape");
    await hidden(page);
  });
  const bare = { ...LOOK, scripts: false };
  await as("status popover without scripts", async (page) => {
    await open(page, "/services");
    await page.locator(button).click();
    await shown(page);
  }, bare);
});

test("changed here: Cal.com follows", async () => {
  await as("changed here", async (page) => {
    await open(page, `/services/${service.id}/edit`);
    await page.locator("#description").fill("Mit Kopfmassage");
    await page.locator("button.primary").click();
    await until("Cal.com says it too", async () => (await there()).description === "Mit Kopfmassage");
    await page.locator(".chips .chip[data-tone=good]", { hasText: "Abgeglichen" }).waitFor();
    await picture(page, "service-changed-here", LOOK);
  });
  assert.equal((await now()).sync_status, "synced");
});

test("changed at Cal.com: protected, told, and decided by a person", async () => {
  const { name } = await now();
  await simulator.lever("PATCH", `event-types/${simulator.event_type_id}`, { title: "Von Hand geändert" });
  await as("changed at Cal.com", async (page) => {
    await look(page);
    await until("it is seen", async () => (await divergence("name"))?.theirs === "Von Hand geändert");
    assert.equal((await now()).name, name, "what is said here counts");
    // The badge beside the status leads to where it is decided; so does the one of the event type.
    await open(page, "/services");
    const badge = "a.chip[href$='#divergences']";
    await page.locator(`#${service.id} .states ${badge}`, { hasText: "eine Abweichung" }).click();
    await page.waitForURL((url) => url.pathname === `/services/${service.id}` && url.hash === "#divergences");
    assert.ok(await inView(page.locator("#divergences")));
    await page.locator(".event-types tr", { hasText: String(simulator.event_type_id) }).locator(badge).click();
    assert.ok(await inView(page.locator("#divergences")));
    const row = page.locator(".divergences tbody tr", { hasText: "Von Hand geändert" });
    await row.waitFor();
    await assertAccessible(page, "a service with a divergence");
    await picture(page, "service-divergence", LOOK);
    await row.locator("button[value=ours]").click();
    await until("Cal.com says ours again", async () => (await there()).title === name);
    await until("nothing is open", async () => !(await divergence("name")));
  });
});

test("not offered online: the popover says why, and programs are refused", async () => {
  const [start] = await simulator.slots();
  const offer = async (page, on) => {
    await open(page, `/services/${service.id}/edit`);
    await page.locator("[name=online]").setChecked(on);
    await page.locator("button.primary").click();
    await page.locator(".toast").waitFor();
  };
  await as("not offered online", async (page) => {
    await offer(page, false);
    await open(page, "/services");
    await page.locator(`[popovertarget=state-${service.id}]`).hover();
    const tip = page.locator(`#state-${service.id}:popover-open`);
    await tip.waitFor();
    const entrance = (name) => tip.locator("dl > div", { has: page.getByText(name, { exact: true }) }).first();
    const online = await entrance("Online").innerText();
    assert.match(online, /Kann nicht gebucht werden/);
    assert.match(online, /Die Leistung wird nicht online angeboten\./);
    assert.match(await entrance("Telefonisch").innerText(), /Kann gebucht werden/);
    await assertAccessible(page, "the status of what is not offered online");
    await picture(page, "services-not-online", LOOK);
    const refused = await create(demo, start, { service_id: service.id });
    assert.deepEqual([refused.status, refused.body.code], [422, "service_not_online"]);
    await offer(page, true);
  });
  const { bookable_online: bookable } = await now();
  assert.equal(bookable, true);
});

test("a place is entered; one that is none is refused where it stands, and nothing typed is lost", async () => {
  const { description } = await now();
  await as("a place", async (page) => {
    await open(page, `/services/${service.id}/edit`);
    const [kind, value] = [page.locator("#place-kind-1"), page.locator("#place-value-1")];
    await page.locator("#description").fill("Mit Anfahrt");
    await kind.selectOption("link");
    await value.fill("meet.example.com/salon");
    await page.locator("button.primary").click();
    await page.locator("#places-error", { hasText: "Ort 1: Ein Link beginnt mit https://" }).waitFor();
    assert.deepEqual([await kind.inputValue(), await value.inputValue()], ["link", "meet.example.com/salon"]);
    assert.equal(await page.locator("#description").inputValue(), "Mit Anfahrt");
    await assertAccessible(page, "a form with a place that is none");
    await picture(page, "service-place-refused", LOOK);
    assert.equal((await now()).description, description, "nothing is saved by halves");
    await value.fill("https://meet.example.com/salon");
    await page.locator("button.primary").click();
    await page.locator(".facts dd", { hasText: "https://meet.example.com/salon" }).waitFor();
  });
  const { locations } = await now();
  assert.deepEqual(locations, [{ type: "link", value: "https://meet.example.com/salon" }]);
});

test("new at Cal.com: taken in once as a service", async () => {
  const body = JSON.stringify({ title: "Bartpflege deluxe", slug: "bartpflege-deluxe", lengthInMinutes: 25 });
  await simulator.api("/v2/event-types", "2024-06-14", { method: "POST", body });
  const found = async () => (await services()).filter(({ slug }) => slug === "bartpflege-deluxe");
  await as("new at Cal.com", async (page) => {
    await look(page);
    await page.locator(".services tr", { hasText: "Bartpflege deluxe" }).waitFor();
    await look(page);
    await picture(page, "services-imported", LOOK);
  });
  const [only, ...more] = await found();
  assert.deepEqual([only.duration_minutes, only.name, more.length], [25, "Bartpflege deluxe", 0]);
});

test("by hand: what is overwritten is listed before it is", async () => {
  const { duration_minutes: minutes } = await now();
  await simulator.lever("PATCH", `event-types/${simulator.event_type_id}`, { lengthInMinutes: minutes + 5 });
  await as("pushed by hand", async (page) => {
    await look(page);
    await until("it is seen", () => divergence("duration_minutes"));
    await open(page, `/services/${service.id}`);
    await page.getByText("→ Zu Cal.com syncen").click();
    await page.locator(".losses tbody tr", { hasText: "Dauer" }).waitFor();
    await assertAccessible(page, "the confirmation of a push");
    await picture(page, "service-push", LOOK);
    await page.getByText("Bei Cal.com überschreiben").click();
    await until("Cal.com says ours", async () => (await there()).lengthInMinutes === minutes);
    await open(page, "/audit");
    await page.locator(".audit tr", { hasText: "Alles zu Cal.com gesendet" }).first().waitFor();
    await assertAccessible(page, "the audit trail");
  });
});

test("many at once: previewed, sent over what was changed there, reported, and done once", async () => {
  const { name } = await now();
  await simulator.lever("PATCH", `event-types/${simulator.event_type_id}`, { title: "Drüben umbenannt" });
  // By hand from the keyboard and without a script alike: the whole way is forms.
  await as("many at once", async (page) => {
    await look(page);
    await until("it is seen", () => divergence("name"));
    await open(page, "/services?show=divergent");
    await page.locator(`#${service.id} [name=ids]`).check();
    await page.locator("#picked", { hasText: "1 ausgewählt" }).waitFor();
    await assertAccessible(page, "the list of services with a selection");
    await picture(page, "services-bulk-list", LOOK);
    await page.locator(".bulk-bar button").click();
    const row = page.locator(".losses tbody tr", { hasText: "Drüben umbenannt" });
    await row.waitFor();
    assert.match(await row.innerText(), new RegExp(name));
    await assertAccessible(page, "the preview of many pushes");
    await picture(page, "services-bulk-preview", LOOK);
    assert.equal((await there()).title, "Drüben umbenannt", "a preview changes nothing");
    await page.getByText("Eine Leistung bei Cal.com überschreiben").click();
    await page.locator("#progress", { hasText: "1 erledigt" }).waitFor();
    await assertAccessible(page, "the report of many pushes");
    await picture(page, "services-bulk-report", LOOK);
    // The same form once more, as after a lost answer.
    await page.reload();
    await page.locator("#progress", { hasText: "0 erledigt · 1 ohne Änderung" }).waitFor();
  }, { ...LOOK });
  await until("Cal.com says ours", async () => (await there()).title === name);
  const said = async () => (await rest(demo, "GET", `/v1/services/${service.id}`)).body;
  await until("nothing is open", async () => (await said()).open_divergences === 0);
});

test("many at once without a script: all that match, dismissed", async () => {
  await simulator.lever("PATCH", `event-types/${simulator.event_type_id}`, { description: "Drüben beschrieben" });
  const bare = { ...LOOK, scripts: false, viewport: "narrow" };
  await as("many at once without scripts", async (page) => {
    await look(page);
    await until("it is seen", () => divergence("description"));
    await open(page, "/services?show=divergent");
    await page.locator("[name=all]").check();
    await page.locator("#bulk-action").selectOption("dismiss");
    await page.locator(".bulk-bar button").click();
    await picture(page, "services-bulk-dismiss", bare);
    await page.locator("form.form button.primary").click();
    await page.locator("#progress", { hasText: "erledigt" }).waitFor();
  }, bare);
  assert.equal((await divergence("description")).dismissed, true);
  assert.equal((await there()).description, "Drüben beschrieben");
});

test("a service is tied to an event type that was there, after what follows was told", async () => {
  const { duration_minutes: minutes } = await now();
  const body = JSON.stringify({ title: "Mein alter Schnitt", slug: "mein-alter-schnitt", lengthInMinutes: minutes, hidden: true });
  const old = await simulator.api("/v2/event-types", "2024-06-14", { method: "POST", body });
  await as("tied to what was there", async (page) => {
    await open(page, `/services/${service.id}`);
    const { event_types } = await now();
    const { staff_id } = event_types.find((it) => it.calcom_event_type_id === simulator.event_type_id);
    await page.locator(".link-existing summary").click();
    await picture(page, "service-link-whose", LOOK);
    await page.locator(`.link-existing a[href*="${staff_id}"]`).click();
    await page.locator(".option", { hasText: "Mein alter Schnitt" }).waitFor();
    await assertAccessible(page, "the choice of an event type");
    await picture(page, "service-link-choice", LOOK);
    await page.locator("#typed").fill(String(old.id));
    await page.locator("form.form button.primary").click();
    await page.getByText(`Event-Typ ${simulator.event_type_id} steht bisher dafür`).waitFor();
    await assertAccessible(page, "what follows from a tie");
    await picture(page, "service-link-preview", LOOK);
    await page.locator("form button.primary", { hasText: "Verbinden" }).click();
    await page.locator(".divergences tbody tr", { hasText: "Mein alter Schnitt" }).waitFor();
    await picture(page, "service-linked", LOOK);
  });
  const there = () => simulator.api(`/v2/event-types/${old.id}`, "2024-06-14");
  assert.equal((await there()).title, "Mein alter Schnitt", "nothing is overwritten");
  await until("what stood for it is hidden", async () => {
    const before = await simulator.api(`/v2/event-types/${simulator.event_type_id}`, "2024-06-14");
    return before.hidden;
  });
});
