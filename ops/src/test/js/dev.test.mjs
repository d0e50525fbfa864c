// ops/dev as a person uses it: start, write, read, stop, start again. And as it is mistreated: busy ports, kill -9.
// Runs on free ports and in a directory of its own, so a development run of the same checkout is not disturbed.

import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import { appendFileSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { after, before, test } from "node:test";
import { fileURLToPath } from "node:url";

/** What the issue promises: a write is read back through the Pages Function within this time. */
const READ_BACK_MS = 2_000;
/** Starting includes a build if the sources have changed. */
const START_MS = 240_000;
const STOP_MS = 30_000;
const PATIENCE_MS = 15_000;

const root = fileURLToPath(new URL("../../../../", import.meta.url));
const data = mkdtempSync(join(tmpdir(), "forebay-dev-"));
/** Child processes inherit the environment, so this finds them wherever they hang. */
const mark = `FOREBAY_TEST_RUN=${process.pid}-${Date.now()}`;
const [markName, markValue] = mark.split("=");
const FLAGS = ["--api-port", "--admin-port", "--site-port", "--database-port"];

let ports;
let dev;

before(async () => {
  ports = await freePorts(FLAGS.length);
});

after(async () => {
  if (dev?.child.exitCode === null) {
    await stop(dev, "SIGTERM");
  }
  for (const pid of marked()) {
    process.kill(pid, "SIGKILL");
  }
  rmSync(data, { recursive: true, force: true });
});

test("dev_firstStart says where everything is, then that it is ready", async (t) => {
  const began = performance.now();
  dev = await start();
  t.diagnostic(`ready after ${Math.round((performance.now() - began) / 1000)} s`);

  assert.deepEqual(Object.keys(dev.addresses), ["api", "admin", "site", "database", "key"]);
  assert.equal(dev.addresses.site, `http://127.0.0.1:${ports[2]}`);
  const keyFile = join(data, "key");
  assert.equal(readFileSync(keyFile, "utf8").trim(), dev.addresses.key);
  assert.equal(statSync(keyFile).mode & 0o777, 0o600);
  assert.equal((await fetch(`${dev.addresses.admin}/readyz`)).status, 200);
});

test("write_throughTheApi is read back through the Pages Function in time", async (t) => {
  const title = `Read back ${Date.now()}`;
  const began = performance.now();
  await rename("the-one-idea", title);
  await until(async () => (await article("the-one-idea")).title === title, "the changed title");
  const elapsed = Math.round(performance.now() - began);
  t.diagnostic(`read back after ${elapsed} ms`);
  assert.ok(elapsed < READ_BACK_MS, `${elapsed} ms`);
});

test("status_ofTheRunningProcess is ready and has documents", () => {
  const status = spawnSync(join(root, "ops/forebay"), ["status", "--json", "--admin", dev.addresses.admin], {
    encoding: "utf8",
  });
  assert.equal(status.status, 0, status.stderr);
  const report = JSON.parse(status.stdout);
  assert.equal(report.ready, true);
  assert.ok(report.sync.models.every((model) => model.documents > 0));
});

test("browser_seesChanges", () => {
  const browser = spawnSync("npm", ["run", "--silent", "test:browser"], {
    cwd: join(root, "frontend"),
    env: {
      ...process.env,
      SITE_URL: dev.addresses.site,
      API_URL: dev.addresses.api,
      API_KEY: dev.addresses.key,
      // The runner in there is one of its own, not a child of this one.
      NODE_TEST_CONTEXT: undefined,
    },
    encoding: "utf8",
  });
  process.stdout.write(browser.stdout);
  process.stderr.write(browser.stderr);
  assert.equal(browser.status, 0);
});

test("dev_busyPorts are named with the flags that change them", async () => {
  const other = mkdtempSync(join(tmpdir(), "forebay-dev-"));
  const second = await run(["--data", other]);
  rmSync(other, { recursive: true });

  assert.equal(second.code, 2);
  for (const [i, flag] of FLAGS.entries()) {
    assert.match(second.text, new RegExp(`port ${ports[i]}: is in use .* ${flag} PORT`));
  }
});

test("dev_afterKill9 ends the orphans and finds its data", async () => {
  await rename("the-one-idea", "Written before the kill");
  await stop(dev, "SIGKILL");
  const orphans = marked();
  assert.ok(orphans.length > 0, "a killed process leaves orphans, else this test shows nothing");

  dev = await start();

  assert.deepEqual(
    marked().filter((pid) => orphans.includes(pid)),
    [],
  );
  await until(async () => (await article("the-one-idea")).title === "Written before the kill", "the data");
});

test("dev_afterSigterm leaves no process, and starts again with its data", async () => {
  const { key } = dev.addresses;
  await stop(dev, "SIGTERM");
  assert.deepEqual(marked(), [], "processes that outlive ops/dev");

  dev = await start();

  assert.equal(dev.addresses.key, key);
  assert.equal((await article("the-one-idea")).title, "Written before the kill");
});

test("dev_reset begins with the example as it was", async () => {
  await stop(dev, "SIGINT");
  assert.deepEqual(marked(), []);

  dev = await start(["--reset"]);

  assert.notEqual((await article("the-one-idea")).title, "Written before the kill");
});

/** Starts ops/dev and waits until it is ready. */
async function start(more = []) {
  const child = launch(["--data", data, ...more]);
  const lines = createInterface({ input: child.stdout });
  const addresses = {};
  const text = [];
  const deadline = setTimeout(() => child.kill("SIGTERM"), START_MS);
  for await (const line of lines) {
    text.push(line);
    const [, name, value] = line.match(/^(api|admin|site|database|key): (.+)$/) ?? [];
    if (name) {
      addresses[name] = value;
    }
    if (line === "forebay: ready") {
      clearTimeout(deadline);
      child.stdout.resume();
      return { child, addresses };
    }
  }
  clearTimeout(deadline);
  assert.fail(`ops/dev ended before it was ready:\n${text.join("\n")}\n${child.errors}`);
}

/** Runs ops/dev to its end. */
async function run(args) {
  const child = launch(args);
  let text = "";
  child.stdout.on("data", (chunk) => {
    text += chunk;
  });
  const [code] = await ended(child);
  return { code, text: text + child.errors };
}

function launch(args) {
  const child = spawn(join(root, "ops/dev"), [...FLAGS.flatMap((flag, i) => [flag, ports[i]]), ...args], {
    env: { ...process.env, [markName]: markValue },
    stdio: ["ignore", "pipe", "pipe"],
  });
  child.errors = "";
  child.stderr.setEncoding("utf8").on("data", (chunk) => {
    child.errors += chunk;
    appendFileSync(2, chunk);
  });
  return child;
}

async function stop({ child }, signal) {
  const end = ended(child);
  child.kill(signal);
  const deadline = setTimeout(() => child.kill("SIGKILL"), STOP_MS);
  const [, endedBy] = await end;
  clearTimeout(deadline);
  assert.ok(signal === "SIGKILL" || endedBy !== "SIGKILL", `not ended ${STOP_MS} ms after ${signal}`);
}

function ended(child) {
  return new Promise((resolve) => child.on("exit", (code, signal) => resolve([code, signal])));
}

/** The processes of this test's runs of ops/dev, wherever they hang. */
function marked() {
  if (process.platform !== "linux") {
    const ps = spawnSync("ps", ["-Aww", "-o", "pid=,command="], { encoding: "utf8" }).stdout;
    return ps
      .split("\n")
      .filter((line) => line.includes(data))
      .map((line) => Number.parseInt(line, 10));
  }
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .filter((pid) => environment(pid).includes(mark))
    .map(Number);
}

/** A process that is ending has no environment any more, and needs none here. */
function environment(pid) {
  try {
    return readFileSync(`/proc/${pid}/environ`, "utf8").split("\0");
  } catch {
    return [];
  }
}

async function article(slug) {
  const answer = await fetch(`${dev.addresses.site}/api/article/${slug}`);
  assert.equal(answer.status, 200, slug);
  return answer.json();
}

async function rename(slug, title) {
  const { id } = await article(slug);
  const answer = await fetch(`${dev.addresses.api}/v1/article/${id}`, {
    method: "PATCH",
    headers: { Authorization: `Bearer ${dev.addresses.key}`, "Content-Type": "application/merge-patch+json" },
    body: JSON.stringify({ title }),
  });
  assert.equal(answer.status, 200, await answer.text());
}

async function until(condition, what) {
  const end = performance.now() + PATIENCE_MS;
  while (!(await condition())) {
    assert.ok(performance.now() < end, `not within ${PATIENCE_MS} ms: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

/** Ports that were free together a moment ago. */
async function freePorts(count) {
  const servers = await Promise.all(
    Array.from(
      { length: count },
      () =>
        new Promise((resolve) => {
          const server = createServer().listen(0, "127.0.0.1", () => resolve(server));
        }),
    ),
  );
  const numbers = servers.map((server) => server.address().port);
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
  return numbers.map(String);
}
