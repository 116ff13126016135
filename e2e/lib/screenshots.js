// Every page that a signed-in person can reach, in both languages, both themes and two widths.
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const folder = fileURLToPath(new URL("../screenshots", import.meta.url));

/** All combinations, those that show a mistake first. */
export const MATRIX = ["wide", "narrow"].flatMap((viewport) =>
  ["light", "dark"].flatMap((theme) => ["de", "en"].map((language) => ({ viewport, theme, language }))),
);

/** A screen as long as the page: what scrolls under the bars at its edges is covered for the moment only. */
export async function unroll(page) {
  const { width, height: least } = page.viewportSize();
  const height = await page.evaluate(() => document.documentElement.scrollHeight);
  await page.setViewportSize({ width, height: Math.min(Math.max(height, least), 6_000) });
}

/** The whole page, with the bars at the screen's edge at the edge. */
export async function picture(page, name, { viewport, theme, language }) {
  mkdirSync(folder, { recursive: true });
  const size = page.viewportSize();
  await unroll(page);
  await page.screenshot({ path: join(folder, `${name}-${viewport}-${theme}-${language}.png`) });
  await page.setViewportSize(size);
}

/** Where a page is one of many: `/appointments/apt_1` and `/appointments/apt_2` are the same page. */
export function pattern(pathname) {
  return pathname.replaceAll(/\/(?=[^/]*\d)[\w-]{8,}(?=\/|$)/g, "/:id");
}

/** A file name for a page. */
export function nameOf(pathname) {
  return pattern(pathname).replace(/^\/$/, "overview").replaceAll(/^\/|:/g, "").replaceAll("/", "-");
}

/** Follows links from the overview and returns one address of each page. */
export async function crawl(page, home, { most = 40 } = {}) {
  const seen = new Map();
  const queue = [new URL("/", home).href];
  while (queue.length > 0 && seen.size < most) {
    const address = queue.shift();
    const key = pattern(new URL(address).pathname);
    if (seen.has(key)) continue;
    const answer = await page.goto(address);
    if (!/text\/html/.test(answer.headers()["content-type"] ?? "")) continue;
    seen.set(key, { address, status: answer.status() });
    const links = await page.locator("a[href]").evaluateAll((all) => all.map((a) => a.href));
    for (const link of links) {
      const url = new URL(link);
      if (url.origin === new URL(home).origin && !url.pathname.startsWith("/api/")) queue.push(url.origin + url.pathname);
    }
  }
  return [...seen.values()];
}
