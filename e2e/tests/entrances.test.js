// The entrances for machines: the telephone and the REST API. What they make reaches Cal.com.
import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { after, before, test } from "node:test";

import { appointment, create, listed, person, sameInstant, synced } from "../lib/appointments.js";
import { startDemo } from "../lib/demo.js";
import { rest, ring } from "../lib/entrances.js";
import { Simulator } from "../lib/simulator.js";

let demo;
let simulator;
let slots;
before(async () => {
  demo = await startDemo();
  simulator = new Simulator(demo);
  slots = await simulator.slots();
  assert.ok(slots.length > 20, `only ${slots.length} free slots in the demo`);
});
after(() => demo?.stop());

const berlin = (instant) => {
  const text = new Date(instant).toLocaleString("sv-SE", { timeZone: "Europe/Berlin" });
  return { date: text.slice(0, 10), time: text.slice(11, 16) };
};

test("a phone call books once, whatever is repeated, and Cal.com has it", async () => {
  const services = await rest(demo, "GET", "/v1/services");
  const service = services.body.data.find(({ id }) => id === demo.service_id);
  const start = slots[0];
  const customer = person();
  const args = { service: service.name, ...berlin(start), customer_name: customer.name, confirmed: "true" };
  const caller = { call_id: `call_${randomUUID()}`, from_number: customer.phone };

  // The caller interrupts and the agent asks again, while the first is still being worked on.
  const answers = await Promise.all([1, 2].map(() => ring(demo, "book_appointment", args, caller)));
  answers.push(await ring(demo, "book_appointment", args, caller));
  for (const { status, body } of answers) {
    assert.equal(status, 200, JSON.stringify(body));
    assert.match(body.status, /^(ok|requested|pending)$/, JSON.stringify(body));
    assert.ok(body.say.length > 10, "something to say");
    assert.doesNotMatch(body.say, /\d{4}-\d{2}-\d{2}|T\d\d:/, "spoken, not ISO");
  }

  const mine = (await listed(demo)).filter((one) => one.customer.name === customer.name);
  assert.equal(mine.length, 1, "one appointment");
  assert.equal(mine[0].origin, "phone");
  assert.ok(sameInstant(mine[0].starts_at, start), `${mine[0].starts_at} is ${start}`);
  await synced(demo, mine[0].id);
  const uid = (await appointment(demo, mine[0].id)).calcom_booking_uid;
  assert.ok(sameInstant((await simulator.booking(uid)).start, start));

  const found = await ring(demo, "find_appointments", {}, caller);
  assert.equal(found.body.status, "ok", JSON.stringify(found.body));
  assert.ok(JSON.stringify(found.body).length <= 1_500);
});

test("a call with a wrong signature does nothing", async () => {
  const before = (await listed(demo)).length;
  const args = { service: "Damenhaarschnitt", ...berlin(slots[5]), customer_name: "Unbekannt", confirmed: true };
  const { status } = await ring(demo, "book_appointment", args, { key: "another key" });
  assert.equal(status, 401);
  assert.equal((await listed(demo)).length, before);
});

test("the same Idempotency-Key is the same appointment", async () => {
  const idempotencyKey = randomUUID();
  const customer = person();
  const twins = await Promise.all([1, 2].map(() => create(demo, slots[8], { idempotencyKey, customer })));
  const again = await create(demo, slots[8], { idempotencyKey, customer });
  // A twin that arrives while the first is at work may be told to come back.
  const done = [...twins, again].filter(({ status }) => status !== 409);
  assert.ok(done.length >= 2);
  for (const { status, body } of done) assert.equal(status, 201, JSON.stringify(body));
  assert.equal(new Set(done.map(({ body }) => body.id)).size, 1);

  const other = await create(demo, slots[12], { idempotencyKey, customer });
  assert.equal(other.status, 422, "the key belongs to another request");
  assert.match(other.type, /application\/problem\+json/);

  await synced(demo, again.body.id);
  assert.equal((await listed(demo)).filter((one) => one.customer.name === customer.name).length, 1);
});

test("an appointment is moved and cancelled by the API, and Cal.com follows", async () => {
  const made = await create(demo, slots[16]);
  assert.equal(made.status, 201, JSON.stringify(made.body));
  assert.equal(made.body.origin, "api");
  const { id } = made.body;
  await synced(demo, id);
  const first = (await appointment(demo, id)).calcom_booking_uid;

  const change = async (action, body) => {
    const { version } = await appointment(demo, id);
    return rest(demo, "POST", `/v1/appointments/${id}/${action}`, { body, version, idempotencyKey: randomUUID() });
  };
  const moved = await change("reschedule", { starts_at: slots[20], reason: "Kundin ist krank" });
  assert.equal(moved.status, 200, JSON.stringify(moved.body));
  await synced(demo, id);
  const second = (await appointment(demo, id)).calcom_booking_uid;
  assert.notEqual(second, first, "Cal.com makes a new booking of a moved one");
  assert.ok(sameInstant((await simulator.booking(second)).start, slots[20]));
  assert.equal((await simulator.booking(first)).status, "cancelled");

  const cancelled = await change("cancel", { reason: "Kundin hat abgesagt" });
  assert.equal(cancelled.status, 200, JSON.stringify(cancelled.body));
  await synced(demo, id);
  const gone = await simulator.booking(second);
  assert.equal(gone.status, "cancelled");
  assert.equal(gone.cancellationReason, "Kundin hat abgesagt");
});

test("errors are problem documents", async () => {
  const past = await create(demo, "2020-01-01T10:00:00Z");
  assert.equal(past.status, 422, JSON.stringify(past.body));
  assert.match(past.type, /application\/problem\+json/);
  assert.ok(past.body.type && past.body.title && past.body.status === 422, JSON.stringify(past.body));
  assert.equal((await rest(demo, "GET", "/v1/appointments", { key: "wrong" })).status, 401);
  assert.equal((await rest(demo, "GET", `/v1/appointments/${randomUUID()}`)).status, 404);
});

test("the contract is published and health is told", async () => {
  const openapi = await rest(demo, "GET", "/openapi.json");
  assert.match(openapi.body.openapi, /^3\.1/);
  for (const path of ["/api/v1/appointments", "/api/v1/appointments/{id}/sync-status", "/api/v1/services"]) {
    assert.ok(openapi.body.paths[path], `${path} is in the contract`);
  }
  for (const path of ["/livez", "/readyz", "/metrics"]) {
    assert.equal((await fetch(demo.url + path)).status, 200, path);
  }
});
