// What goes wrong between the two systems: it heals by itself, and nothing exists twice.
import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { after, before, test } from "node:test";

import { appointment, create, listed, person, sameInstant, synced } from "../lib/appointments.js";
import { launch, signIn, story, visitor } from "../lib/browser.js";
import { startDemo } from "../lib/demo.js";
import { rest } from "../lib/entrances.js";
import { Simulator } from "../lib/simulator.js";
import { until } from "../lib/until.js";

let demo;
let simulator;
let slots;
let next = 0;
before(async () => {
  demo = await startDemo();
  simulator = new Simulator(demo);
  slots = await simulator.slots();
});
after(() => demo?.stop());

/** A time that no story here has used. */
const freeSlot = () => slots[next++] ?? assert.fail(`only ${slots.length} free slots in the demo`);
/** An appointment that both sides have. */
async function booked() {
  const { status, body } = await create(demo, freeSlot());
  assert.equal(status, 201, JSON.stringify(body));
  await synced(demo, body.id);
  return body.id;
}
const named = async ({ name }) => (await listed(demo)).filter((one) => one.customer.name === name);

for (const [what, order] of [
  ["the webhook of a booking is lost", { fault: "loseWebhooks" }],
  ["the webhook of a booking comes twice", { fault: "duplicateWebhooks" }],
  ["Cal.com answers 500 after booking", { fault: "serverErrorAfterEffect", call: "createBooking" }],
  ["the answer of Cal.com is lost after booking", { fault: "dropAnswerAfterEffect", call: "createBooking" }],
  ["the request never arrives", { fault: "dropRequest", call: "createBooking" }],
  ["Cal.com answers 429", { fault: "rateLimited", call: "createBooking", seconds: 2 }],
  ["Cal.com is down for some seconds", { fault: "down", seconds: 4 }],
]) {
  test(`${what}: synced all the same, and booked once`, async () => {
    await simulator.fault(order);
    const customer = person();
    const { status, body } = await create(demo, freeSlot(), { customer });
    assert.equal(status, 201, JSON.stringify(body));
    await synced(demo, body.id, { within: 150_000 });
    assert.equal((await simulator.activeBookingsOf(customer)).length, 1, "one booking there");
    assert.equal((await named(customer)).length, 1, "one appointment here");
    await until("the fault has struck", async () => (await simulator.pendingFaults()).length === 0);
  });
}

test("a booking made at Cal.com becomes an appointment here", async () => {
  const customer = person();
  const start = freeSlot();
  await simulator.book(start, customer);
  const [found] = await until("it is here", async () => {
    const mine = await named(customer);
    return mine.length > 0 && mine;
  });
  assert.equal(found.origin, "calcom");
  assert.ok(sameInstant(found.starts_at, start));
  await synced(demo, found.id);
});

test("a move whose webhook is lost is found by asking", async (t) => {
  const browser = await launch();
  t.after(() => browser.close());
  const { page } = await visitor(browser, { language: "en" });
  await story(page, "lost-move", async () => {
    const id = await booked();
    const { calcom_booking_uid: uid } = await appointment(demo, id);
    await simulator.fault({ fault: "loseWebhooks", times: 2 });
    const later = freeSlot();
    await simulator.move(uid, later);

    await signIn(page, demo);
    await page.goto(new URL(`/appointments/${id}`, demo.url).href);
    await page.getByRole("button", { name: "Check now" }).click();
    await until("the appointment follows", async () =>
      sameInstant((await appointment(demo, id)).starts_at, later),
    );
    await synced(demo, id);
  });
});

test("ten changes during an outage are few calls afterwards", async () => {
  const id = await booked();
  await simulator.fault({ fault: "down", seconds: 3 });
  const targets = Array.from({ length: 10 }, freeSlot);
  for (const starts_at of targets) {
    const { version } = await appointment(demo, id);
    const moved = await rest(demo, "POST", `/v1/appointments/${id}/reschedule`, {
      body: { starts_at, reason: "noch einmal" },
      version,
      idempotencyKey: randomUUID(),
    });
    assert.equal(moved.status, 200, JSON.stringify(moved.body));
  }
  await synced(demo, id, { within: 150_000 });
  const { calcom_booking_uid: uid } = await appointment(demo, id);
  assert.ok(sameInstant((await simulator.booking(uid)).start, targets.at(-1)));
  const requests = await simulator.lever("GET", "requests");
  const moves = requests.filter(({ path, status }) => path.endsWith("/reschedule") && status === 201);
  const ours = moves.filter(({ at }) => Date.parse(at) > Date.now() - 150_000);
  assert.ok(ours.length <= 2, `${ours.length} calls that moved it`);
});
