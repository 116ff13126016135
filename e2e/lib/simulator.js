// Cal.com as its own users see it: the simulator's API, and the levers that the demo page pulls.
import assert from "node:assert/strict";

async function answer(response, what) {
  const text = await response.text();
  assert.ok(response.ok, `${what}: ${response.status} ${text}`);
  return text ? JSON.parse(text) : undefined;
}

export class Simulator {
  constructor(demo) {
    Object.assign(this, demo.simulator);
  }

  /** Cal.com's API v2, in the version that a resource wants. */
  async api(path, version, init = {}) {
    const headers = { authorization: `Bearer ${this.api_key}`, "cal-api-version": version };
    if (init.body) headers["content-type"] = "application/json";
    const body = await answer(await fetch(`${this.url}${path}`, { ...init, headers }), path);
    return body.data;
  }

  async booking(uid) {
    return this.api(`/v2/bookings/${uid}`, "2024-08-13");
  }

  /** Free starts of an event type in a range of days from today, as RFC 3339, none of which overlaps another. */
  async slots({ from = 4, days = 24, eventType = this.event_type_id } = {}) {
    const { lengthInMinutes } = await this.api(`/v2/event-types/${eventType}`, "2024-06-14");
    const day = (n) => new Date(Date.now() + n * 86_400_000).toISOString().slice(0, 10);
    const query = new URLSearchParams({ eventTypeId: eventType, start: day(from), end: day(from + days) });
    const data = await this.api(`/v2/slots?${query}`, "2024-09-04");
    const apart = [];
    for (const { start } of Object.values(data).flat()) {
      const free = apart.length === 0 || Date.parse(start) - Date.parse(apart.at(-1)) >= lengthInMinutes * 60_000;
      if (free) apart.push(start);
    }
    return apart;
  }

  /** What nobody does by the API: people at Cal.com, and faults. */
  async lever(method, path, body) {
    const headers = body ? { "content-type": "application/json" } : {};
    return answer(await fetch(`${this.url}/sim/${path}`, { method, headers, body: body && JSON.stringify(body) }), path);
  }

  /** Somebody books on the public page. */
  async book(start, { name, email, phone }, eventTypeId = this.event_type_id) {
    return this.lever("POST", "bookings", { eventTypeId, start, attendee: { name, email, phoneNumber: phone } });
  }

  /** Somebody moves a booking; answers the booking that takes its place. */
  async move(uid, start, reason) {
    return this.lever("POST", `bookings/${uid}/move`, { start, reason });
  }

  async cancel(uid, reason) {
    return this.lever("POST", `bookings/${uid}/cancel`, { reason });
  }

  /** From now on, bookings of an event type wait until its host has confirmed them, or no longer. */
  async askHost(asks, eventType = this.event_type_id) {
    const confirmationPolicy = asks ? { type: "always", blockUnconfirmedBookingsInBooker: false } : { disabled: true };
    return this.lever("PATCH", `event-types/${eventType}`, { confirmationPolicy });
  }

  /** Orders a fault, such as `{ fault: "serverErrorAfterEffect", call: "createBooking" }`. */
  async fault(order) {
    return this.lever("POST", "faults", order);
  }

  async pendingFaults() {
    return this.lever("GET", "faults");
  }

  /** Bookings of somebody that take place. */
  async activeBookingsOf({ email }) {
    const all = await this.lever("GET", "bookings");
    const active = all.filter(({ status }) => status !== "cancelled" && status !== "rejected");
    return active.filter(({ attendees }) => attendees.some((attendee) => attendee.email === email));
  }
}
