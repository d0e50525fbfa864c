// The reader library as others get it: packed, unpacked, imported in plain Node and compiled against, outside of here.
import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { fileURLToPath, pathToFileURL } from "node:url";

const FRONTEND = fileURLToPath(new URL("..", import.meta.url));
const SECRET = "a secret of a package, 32 characters or so";
const home = mkdtempSync(join(tmpdir(), "forebay-reader-"));
const packed = join(home, "node_modules/forebay-reader");
let library;

before(async () => {
  const run = (command, ...args) => execFileSync(command, args, { cwd: FRONTEND, encoding: "utf8" });
  run("npm", "pack", "./dist/reader", "--silent", "--pack-destination", home);
  mkdirSync(packed, { recursive: true });
  run("tar", "-xzf", join(home, "forebay-reader-0.1.0.tgz"), "-C", packed, "--strip-components=1");
  writeFileSync(join(home, "use.mjs"), 'export * from "forebay-reader";\n');
  library = await import(pathToFileURL(join(home, "use.mjs")).href);
});

after(() => rmSync(home, { recursive: true }));

test("package_files are modules with their types, and three more", () => {
  const files = readdirSync(packed).sort();
  const modules = files.filter((file) => file.endsWith(".d.ts")).map((file) => file.replace(".d.ts", ""));
  const expected = [
    "LICENSE",
    "README.md",
    "package.json",
    ...modules.flatMap((name) => [`${name}.js`, `${name}.d.ts`]),
  ];
  assert.ok(modules.includes("index"));
  assert.deepEqual(files, expected.sort());
});

test("package_inNode reads a document from whatever is like KV", async () => {
  const { createReader, respondWithDocument } = library;
  const DOCUMENTS = { getWithMetadata: async (key) => ({ value: `{"key":"${key}"}`, metadata: null }) };
  const reading = await createReader({ DOCUMENTS }, { models: { article: "{slug}" } }).get("article", "a b");
  assert.equal(reading.json, '{"key":"article:a%20b"}');
  const answer = await respondWithDocument(new Request("https://site.invalid/"), reading);
  assert.equal(await answer.text(), reading.json);
  assert.equal(answer.headers.get("Forebay-Freshness"), "unconstrained");
});

test("package_inNode reads the client's own write from the origin", async () => {
  const { createReader, openSession, sha256 } = library;
  const DOCUMENTS = { getWithMetadata: async () => ({ value: null, metadata: null }) };
  const request = new Request("https://site.invalid/", { headers: { "Forebay-Token": await token() } });
  const session = openSession(request, { FOREBAY_TOKEN_SECRET: SECRET });
  const headers = {
    "Forebay-Document": "article:x",
    "Forebay-Snapshot": "9:9:",
    "Forebay-History": "h1",
    "Forebay-As-Of": "2026-11-23T00:00:00Z",
  };
  const fetch = async () => new Response("{}", { headers: { ...headers, ETag: `"${await sha256("{}")}"` } });
  const origin = { url: "https://api.invalid", fetch };
  const reader = createReader({ DOCUMENTS }, { models: { article: "{slug}" }, session, origin });
  assert.equal((await reader.get("article", "x")).freshness, "origin");
});

/** A token that demands transaction 8 of everything, made without the library. */
async function token() {
  const { createHmac } = await import("node:crypto");
  const payload = JSON.stringify({ h: "h1", e: Math.floor(Date.now() / 1000) + 60, d: { "*": { "*": { x: ["8"] } } } });
  const signed = `1.${Buffer.from(payload).toString("base64url")}`;
  return `${signed}.${createHmac("sha256", SECRET).update(`token\n${signed}`).digest("base64url")}`;
}

test("package_types know the keys and documents that `forebay types` prints", () => {
  symlinkSync(join(FRONTEND, "src/site/forebay.ts"), join(home, "forebay.ts"));
  writeFileSync(join(home, "package.json"), '{"type":"module"}');
  writeFileSync(
    join(home, "use.ts"),
    `import { createReader, parseDocument, type ReaderEnv } from "forebay-reader";
import type { DocumentKeys, Documents } from "./forebay.js";
declare const env: ReaderEnv;
const models = { article: "{slug}", tag: "{slug}", author: "{slug}", front_page: "" };
const reader = createReader<Documents, DocumentKeys>(env, { models });
const article = await reader.get("article", "x");
if (article.state === "found") {
  const count: number = parseDocument(article).comment_count;
  // @ts-expect-error no such member
  console.log(count, parseDocument(article).nothing);
}
const front = await reader.getMany("front_page", [[]]);
console.log(front.length);
// @ts-expect-error a slug is missing
await reader.get("article");
// @ts-expect-error a singleton has no key
await reader.get("front_page", "x");
// @ts-expect-error no such model
await reader.get("nothing", "x");
// @ts-expect-error a model's template is missing
createReader<Documents, DocumentKeys>(env, { models: { article: "{slug}" } });
const untyped = await createReader(env, { models }).get("tag", "x");
// @ts-expect-error nobody said what a tag is
console.log(untyped.state === "found" && parseDocument(untyped).slug);
`,
  );
  const compilerOptions = { strict: true, noEmit: true, module: "nodenext", lib: ["es2024", "dom"], types: [] };
  writeFileSync(join(home, "tsconfig.json"), JSON.stringify({ compilerOptions, files: ["use.ts"] }));
  const tsc = spawnSync("npx", ["tsc", "-p", home], { cwd: FRONTEND, encoding: "utf8" });
  assert.equal(tsc.stdout, "");
});
