// Accessibility of a page as axe sees it: WCAG 2.2 A and AA, and axe's good habits.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";

import { unroll } from "./screenshots.js";

const source = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

/** Fails with every violated rule and where. */
export async function assertAccessible(page, what) {
  const size = page.viewportSize();
  await unroll(page);
  // Evaluated through the debugger, so that the page's content security policy stays as it is.
  await page.evaluate(source);
  const { violations } = await page.evaluate(() =>
    globalThis.axe.run(document, {
      runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
    }),
  );
  await page.setViewportSize(size);
  const told = violations.map(({ id, help, nodes }) => ({
    id,
    help,
    where: nodes.slice(0, 3).map((node) => `${node.target.join(" ")}: ${node.failureSummary}`),
  }));
  assert.deepEqual(told, [], `accessibility of ${what}`);
}
