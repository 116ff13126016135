// Waiting on a condition, never for a time.
import { setTimeout as pause } from "node:timers/promises";

/** Calls `look` until it answers something truthy, and returns that. */
export async function until(what, look, { within = 60_000 } = {}) {
  const deadline = performance.now() + within;
  let last;
  while (performance.now() < deadline) {
    try {
      last = await look();
      if (last) return last;
    } catch (error) {
      last = error;
    }
    await pause(100);
  }
  throw new Error(`not within ${within} ms: ${what} (last: ${last instanceof Error ? last.stack : JSON.stringify(last)})`);
}
