// Starts `einklang demo` on free ports with a data folder of its own, and stops it.
import { spawn } from "node:child_process";
import { createWriteStream, mkdirSync } from "node:fs";
import { access, mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

const e2e = fileURLToPath(new URL("..", import.meta.url));
export const binary = process.env.EINKLANG_BIN ?? join(e2e, "../target/debug/einklang");
// The demo lives through three weeks before it answers; a busy machine needs longer than a person waits.
const ANSWERS_WITHIN_MS = 120_000;

/** What `einklang demo --json` says on its first line, and how to stop it. */
export async function startDemo() {
  await access(binary).catch(() => {
    throw new Error(`${binary} is missing: build it (make build) or name it in EINKLANG_BIN`);
  });
  const data = await mkdtemp(join(tmpdir(), "einklang-e2e-"));
  const args = ["demo", "--json", "--data-dir", data];
  args.push("--listen", `127.0.0.1:${await freePort()}`);
  args.push("--simulator-listen", `127.0.0.1:${await freePort()}`);
  const child = spawn(binary, args, { stdio: ["ignore", "pipe", "pipe"] });

  mkdirSync(join(e2e, "test-results"), { recursive: true });
  const log = join(e2e, "test-results", `demo-${process.pid}.log`);
  child.stderr.pipe(createWriteStream(log, { flags: "a" }));

  const exited = new Promise((resolve) => child.once("exit", (code, signal) => resolve(code ?? signal)));
  const stop = async () => {
    child.kill("SIGTERM");
    const killer = setTimeout(() => child.kill("SIGKILL"), 5_000);
    const how = await exited;
    clearTimeout(killer);
    await rm(data, { recursive: true, force: true });
    return how;
  };

  const started = performance.now();
  const tooLate = new AbortController();
  const timer = setTimeout(() => tooLate.abort(), ANSWERS_WITHIN_MS);
  try {
    const line = await Promise.race([
      firstLine(child.stdout),
      exited.then((how) => Promise.reject(new Error(`einklang demo ended (${how}); see ${log}`))),
      new Promise((_, reject) =>
        tooLate.signal.addEventListener("abort", () =>
          reject(new Error(`einklang demo did not answer within ${ANSWERS_WITHIN_MS} ms; see ${log}`)),
        ),
      ),
    ]);
    return { ...JSON.parse(line), startedInMs: Math.round(performance.now() - started), stop };
  } catch (error) {
    await stop();
    throw error;
  } finally {
    clearTimeout(timer);
  }
}

export async function firstLine(stream) {
  const lines = createInterface({ input: stream });
  for await (const line of lines) {
    // What follows is read and dropped: a full pipe would stop the demo.
    stream.resume();
    return line;
  }
  return new Promise(() => {}); // ended without a line: its exit is the better error
}

export function freePort() {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once("error", reject);
    probe.listen(0, "127.0.0.1", () => {
      const { port } = probe.address();
      probe.close(() => resolve(port));
    });
  });
}
