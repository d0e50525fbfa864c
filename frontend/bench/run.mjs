#!/usr/bin/env node
import { createHash } from "node:crypto";
// Requests per second of a Worker that reads one document with the library, and of one that calls KV and no more: the
// same workerd, no token, turns that alternate. `memory` leaves KV out, so that only the Worker is measured. Half a
// minute; prints medians, and exits with 1 if the library keeps less than BOUND of what KV allows.
import { Agent, get } from "node:http";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { convertV4MiniflareOptions, Miniflare } from "miniflare";

const CONNECTIONS = 16;
const ROUNDS = 60;
const TURN_MS = 120;
const BOUND = 0.9;
const document = JSON.stringify({ slug: "x", title: "A title", body: "One kilobyte of text. ".repeat(44) });
const metadata = {
  snapshot: "750:752:750",
  hash: createHash("sha256").update(document).digest("hex"),
  committed: "2026-11-23T17:42:01.100Z",
  history: "h1",
};

const worker = await build({
  entryPoints: [fileURLToPath(new URL("worker.ts", import.meta.url))],
  bundle: true,
  format: "esm",
  target: "es2023",
  write: false,
});
const options = convertV4MiniflareOptions({
  modules: true,
  script: worker.outputFiles[0].text,
  compatibilityDate: "2026-10-20",
  kvNamespaces: ["DOCUMENTS"],
  bindings: { FOREBAY_TOKEN_SECRET: "a secret of 32 characters, or of more", DOCUMENT: document, METADATA: metadata },
});
const miniflare = new Miniflare(options);
const agent = new Agent({ keepAlive: true, maxSockets: CONNECTIONS });
try {
  const origin = (await miniflare.ready).origin;
  const namespace = await miniflare.getKVNamespace("DOCUMENTS");
  await namespace.put("article:x", document, { metadata });
  const ratio = await compare("kv", origin);
  console.log(`bound ${BOUND}: ${ratio >= BOUND ? "kept" : "NOT KEPT"}`);
  process.exitCode = ratio >= BOUND ? 0 : 1;
  await compare("memory", origin);
} finally {
  agent.destroy();
  await miniflare.dispose();
}

async function compare(source, origin) {
  const rates = { bare: [], library: [] };
  for (const kind of ["bare", "library"]) {
    await turn(`${origin}/${source}/${kind}`);
  }
  for (let round = 0; round < ROUNDS; round++) {
    for (const kind of round % 2 === 0 ? ["bare", "library"] : ["library", "bare"]) {
      rates[kind].push(await turn(`${origin}/${source}/${kind}`));
    }
  }
  const ratio = median(rates.library.map((rate, i) => rate / rates.bare[i]));
  const perSecond = (kind) => `${kind} ${Math.round(median(rates[kind]))} requests/s`;
  console.log(`${source}: ${perSecond("bare")}, ${perSecond("library")}, ratio ${ratio.toFixed(2)}`);
  return ratio;
}

/** Asks over all connections until the time is up; returns requests per second. */
async function turn(url) {
  const began = performance.now();
  let count = 0;
  const client = async () => {
    while (performance.now() - began < TURN_MS) {
      await request(url);
      count++;
    }
  };
  await Promise.all(Array.from({ length: CONNECTIONS }, client));
  return (1000 * count) / (performance.now() - began);
}

function request(url) {
  return new Promise((resolve, reject) => {
    get(url, { agent }, (answer) => {
      let length = 0;
      answer.on("data", (chunk) => {
        length += chunk.length;
      });
      answer.on("end", () =>
        length === document.length ? resolve() : reject(new Error(`${url}: ${answer.statusCode}`)),
      );
    }).on("error", reject);
  });
}

function median(values) {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)];
}
