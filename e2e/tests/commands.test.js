// The commands of the README, run as written, beside a Cal.com to test against; then a booking goes through.
import assert from "node:assert/strict";
import { spawn, execFile } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { after, before, test } from "node:test";
import { promisify } from "node:util";

import { create, synced } from "../lib/appointments.js";
import { binary, firstLine, freePort } from "../lib/demo.js";
import { Simulator } from "../lib/simulator.js";
import { until } from "../lib/until.js";

const run = promisify(execFile);
const readme = new URL("../../README.md", import.meta.url);

let folder;
let environment;
const running = [];
before(async () => {
  folder = await mkdtemp(join(tmpdir(), "einklang-readme-"));
  environment = { ...process.env, PATH: `${dirname(binary)}:${process.env.PATH}` };
});
after(async () => {
  for (const child of running) child.kill("SIGTERM");
  await Promise.all(running.map((child) => child.exitCode ?? new Promise((done) => child.once("exit", done))));
  await rm(folder, { recursive: true, force: true });
});

function start(...args) {
  const child = spawn(binary, args, { cwd: folder, env: environment, stdio: ["ignore", "pipe", "inherit"] });
  running.push(child);
  return child;
}

test("the README's commands make an installation that books", async () => {
  const simulatorAt = `127.0.0.1:${await freePort()}`;
  const calcom = JSON.parse(await firstLine(start("simulator", "--json", "--listen", simulatorAt).stdout));
  const [{ api_key, event_types }] = calcom.users;

  const listen = `127.0.0.1:${await freePort()}`;
  Object.assign(environment, {
    EINKLANG_LOG: "warn",
    EINKLANG_LISTEN: listen,
    EINKLANG_PUBLIC_URL: `http://${listen}`,
    PASSWORD: "ein langes Passwort",
    CALCOM_URL: calcom.url,
    CALCOM_API_KEY: api_key,
    CALCOM_EVENT_TYPE: String(event_types[0].id),
  });
  const blocks = [...(await readFile(readme, "utf8")).matchAll(/```sh\n(.*?)```/gs)].map(([, block]) => block);
  const block = blocks.find((text) => text.includes("einklang migrate"));
  const [commands, serve] = block.split(/^einklang serve$/m);
  assert.ok(serve !== undefined, "the README ends with `einklang serve`");
  const { stdout } = await run("bash", ["-euo", "pipefail", "-c", commands], { cwd: folder, env: environment });
  const key = /ek_live_[\w-]+/.exec(stdout)?.[0];
  assert.ok(key, `a key is printed once:\n${stdout}`);

  start("serve");
  const url = `http://${listen}`;
  await until("the server answers", async () => (await fetch(`${url}/readyz`)).ok);
  const examined = await run(binary, ["doctor", "--json"], { cwd: folder, env: environment }).catch((error) => error);
  assert.deepEqual(
    JSON.parse(examined.stdout).findings.map(({ code }) => code),
    ["public_url_is_local", "public_url_is_not_https", "no_mail"],
    "nothing is wrong but that this is a test",
  );
  assert.equal(examined.code, 2);

  const services = await fetch(`${url}/api/v1/services`, { headers: { authorization: `Bearer ${key}` } });
  const [{ id: service_id }] = (await services.json()).data;
  const installation = { url, api_key: key, service_id };
  const simulator = new Simulator({ simulator: { url: calcom.url, api_key, event_type_id: event_types[0].id } });
  const { status, body } = await create(installation, (await simulator.slots())[3]);
  assert.equal(status, 201, JSON.stringify(body));
  await synced(installation, body.id);
  assert.equal((await simulator.lever("GET", "bookings")).length, 1);
});

test("a phone agent is tried with calls that nobody makes", async () => {
  const create = "echo key_0000000000000000 | einklang agent create --company morgenrot --name Luise";
  await run("bash", ["-euo", "pipefail", "-c", create], { cwd: folder, env: environment });
  const simulate = ["retell", "simulate", "--company", "morgenrot", "--json"];
  const { stdout } = await run(binary, simulate, { cwd: folder, env: environment });
  const { breaches, calls } = JSON.parse(stdout);
  assert.equal(breaches, 0, stdout);
  assert.deepEqual(
    calls.map(({ scenario }) => scenario),
    ["book", "another-time", "two-people", "cancel", "repeated", "unknown"],
  );
  await writeFile(join(folder, "call.txt"), "find_appointments\nexpect ok\n");
  const wrong = await run(binary, [...simulate, "--script", "call.txt"], { cwd: folder, env: environment }).catch((error) => error);
  assert.equal(wrong.code, 2, "what is not as expected is found");
  assert.deepEqual(JSON.parse(wrong.stdout).calls[0].turns[1].breaches, ["`needs_input` instead of ok"]);
});

test("a command that cannot be done says so, for people and for programs", async () => {
  const failing = ["service", "list", "--company", "nobody"];
  const people = await run(binary, failing, { cwd: folder, env: environment }).catch((error) => error);
  assert.equal(people.code, 1, people.stderr);
  assert.match(people.stderr, /nobody/);
  const programs = await run(binary, [...failing, "--json"], { cwd: folder, env: environment }).catch((error) => error);
  assert.equal(programs.code, 1);
  assert.match(JSON.parse(programs.stdout).error.message, /nobody/);
});
