// Appointments seen through the REST API: what the stories compare the screen with.
import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";

import { rest } from "./entrances.js";
import { until } from "./until.js";

export async function appointment(demo, id) {
  const { status, body } = await rest(demo, "GET", `/v1/appointments/${id}`);
  assert.equal(status, 200, JSON.stringify(body));
  return body;
}

export async function syncStatus(demo, id) {
  const { status, body } = await rest(demo, "GET", `/v1/appointments/${id}/sync-status`);
  assert.equal(status, 200, JSON.stringify(body));
  return body;
}

/** Waits until Cal.com and Einklang are known to agree about an appointment. */
export async function synced(demo, id, options) {
  return until(
    `appointment ${id} is synced`,
    async () => {
      const told = await syncStatus(demo, id);
      return told.status === "synced" && told;
    },
    options,
  );
}

/** Every appointment that the API lists, page by page. */
export async function listed(demo, query = "") {
  const all = [];
  let cursor;
  do {
    const next = cursor ? `&cursor=${encodeURIComponent(cursor)}` : "";
    const { status, body } = await rest(demo, "GET", `/v1/appointments?${query}${next}`);
    assert.equal(status, 200, JSON.stringify(body));
    all.push(...body.data);
    cursor = body.next_cursor;
  } while (cursor);
  return all;
}

export async function create(demo, starts_at, { idempotencyKey = randomUUID(), customer = person(), ...more } = {}) {
  const body = { service_id: demo.service_id, starts_at, customer, ...more };
  return rest(demo, "POST", "/v1/appointments", { body, idempotencyKey });
}

let people = 0;
/** A customer nobody has seen before. */
export function person() {
  people += 1;
  const tag = randomUUID().slice(0, 8);
  return { name: `Probe ${people} ${tag}`, email: `probe-${tag}@example.com`, phone: "+4930901820" + String(10 + people) };
}

/** The same instant, however it is written. */
export function sameInstant(left, right) {
  return Date.parse(left.replace(/\[.*\]$/, "")) === Date.parse(right.replace(/\[.*\]$/, ""));
}
