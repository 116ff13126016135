// The system's Chromium, and what a person does in it everywhere: sign in.
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import { chromium } from "playwright-core";

const results = fileURLToPath(new URL("../test-results", import.meta.url));
const LOCALES = { de: "de-DE", en: "en-GB" };
export const VIEWPORTS = { wide: { width: 1280, height: 800 }, narrow: { width: 390, height: 844 } };

export function launch() {
  return chromium.launch({
    executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
    args: [
      "--no-sandbox",
      "--disable-gpu",
      "--disable-quic",
      "--no-first-run",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
    ],
  });
}

/** A browser profile of one person; errors of the page's scripts fail the test through `problems`. */
export async function visitor(browser, { language = "en", theme = "light", viewport = "wide", scripts = true } = {}) {
  const context = await browser.newContext({
    locale: LOCALES[language],
    timezoneId: "Europe/Berlin",
    colorScheme: theme,
    reducedMotion: "reduce",
    viewport: VIEWPORTS[viewport],
    javaScriptEnabled: scripts,
  });
  context.setDefaultTimeout(45_000);
  const page = await context.newPage();
  const problems = [];
  page.on("pageerror", (error) => problems.push(String(error)));
  page.on("console", (message) => {
    if (message.type() === "error") problems.push(`${message.text()} at ${message.location().url}`);
  });
  return { context, page, problems };
}

export async function signIn(page, demo) {
  await page.goto(demo.url);
  await page.locator("input[type=email]").fill(demo.email);
  await page.locator("input[type=password]").fill(demo.password);
  await Promise.all([
    page.waitForURL((url) => !/login|sign-?in|anmelden/i.test(url.pathname)),
    page.locator("form:has(input[type=password]) button[type=submit], form:has(input[type=password]) button:not([type])").click(),
  ]);
}

/** The same for whoever comes again and again: signs in once, because nobody may do so as often as there are looks. */
export async function enter(page, demo) {
  if (demo.session) {
    await page.context().addCookies(demo.session);
    await page.goto(demo.url);
    return;
  }
  await signIn(page, demo);
  demo.session = await page.context().cookies();
}

/** Presses a button of a page without scripts, and waits for the page that follows: a click alone does not. */
export function submit(page, button) {
  return Promise.all([page.waitForEvent("load"), button.click()]);
}

/** Runs a story, and leaves a picture and the page's text behind when it fails. */
export async function story(page, name, steps) {
  try {
    return await steps();
  } catch (error) {
    mkdirSync(results, { recursive: true });
    const picture = join(results, `${name.replaceAll(/\W+/g, "-")}.png`);
    await page.screenshot({ path: picture, fullPage: true }).catch(() => {});
    error.message += `\n  at ${page.url()}, see ${picture}`;
    throw error;
  }
}
