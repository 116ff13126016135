// What deploy/ holds is read by those who run it: each file by the linter of its kind. Each linter is shown a mistake,
// too, so that one that finds nothing has looked.

import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { fileURLToPath } from "node:url";

const DEPLOY = fileURLToPath(new URL("../../deploy/", import.meta.url));
const TOOLS = fileURLToPath(new URL("../node_modules/.bin/", import.meta.url));
// The most that systemd may say of what the unit exposes, in tenths.
const EXPOSED = 15;

const folder = mkdtempSync(join(tmpdir(), "einklang-deploy-"));
after(() => rmSync(folder, { recursive: true }));

// The file as it is, or with a text replaced.
function copy(name, text, other) {
  const content = readFileSync(join(DEPLOY, name), "utf8");
  assert.ok(text === undefined || content.includes(text), `${name} says ${text}`);
  const path = join(folder, name);
  writeFileSync(path, text === undefined ? content : content.replace(text, other));
  return path;
}

function run(tool, ...args) {
  const { status, stdout, stderr, error } = spawnSync(tool, args, { encoding: "utf8" });
  assert.equal(error, undefined, `${tool}: ${error}`);
  return { status, said: stdout + stderr };
}

function isThere(tool) {
  return spawnSync(tool, ["--version"]).error === undefined;
}

test("the compose file is one", () => {
  const lint = (path) => run(join(TOOLS, "dclint"), "--quiet", path);
  const { status, said } = lint(copy("compose.yaml"));
  assert.equal(status, 0, said);
  assert.notEqual(lint(copy("compose.yaml", "restart: unless-stopped", "restart: [sometimes]")).status, 0);
  assert.notEqual(lint(copy("compose.yaml", "stop_grace_period:", "stop_grace_time:")).status, 0);
});

test("the Dockerfile is one", () => {
  const lint = (path) => run(join(TOOLS, "dockerfile-utils"), "lint", path);
  const { status, said } = lint(copy("Dockerfile"));
  assert.deepEqual([status, said.trim()], [0, ""]);
  assert.match(lint(copy("Dockerfile", "EXPOSE 8080", "EXPOSED 8080")).said, /EXPOSED/);
  assert.notEqual(lint(copy("Dockerfile", 'ENTRYPOINT ["/usr/local/bin/einklang"]', "ENTRYPOINT")).said.trim(), "");
});

test("systemd understands the unit, and it exposes little", (t) => {
  if (!isThere("systemd-analyze")) {
    console.error("SKIPPED: systemd-analyze is not installed here, so deploy/einklang.service was not checked");
    return t.skip("systemd-analyze is not installed");
  }
  // The program is not installed where this runs; its place is of no importance here.
  const check = (text, other) => {
    const path = copy("einklang.service", text, other);
    writeFileSync(path, readFileSync(path, "utf8").replaceAll("/usr/local/bin/einklang", process.execPath));
    const verified = run("systemd-analyze", "verify", "--man=no", path);
    const secured = run("systemd-analyze", "security", "--offline=true", `--threshold=${EXPOSED}`, path);
    return { verified, secured };
  };
  const { verified, secured } = check();
  assert.deepEqual([verified.status, verified.said.trim()], [0, ""]);
  assert.equal(secured.status, 0, secured.said);
  assert.match(check("KillMode=mixed", "KillMode=gently").verified.said, /kill mode/);
  assert.notEqual(check("DynamicUser=yes", "User=root").secured.status, 0);
});
