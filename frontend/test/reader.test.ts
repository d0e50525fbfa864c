import { env } from "cloudflare:workers";
import { describe, expect, test } from "vitest";
import { createReader } from "../src/reader/reader.js";
import { respondWithDocument } from "../src/reader/respond.js";

const JSON_TEXT = '{"name":"Grüße"}';
/** Computed with sha256sum, not with the code under test. */
const HASH = "a7ad9e2533f451638e9c388c7f96896e0ee1cdf193c189f9209e2c57e0090613";
const METADATA = { snapshot: "10:12:10", hash: HASH, committed: "2026-11-23T17:42:01.100Z", history: "h1" };
const NOW = Date.parse("2026-11-23T17:42:05.000Z");
const MODELS = { author: "{slug}", line: "{order_id}/{line_no}", front_page: "" } as const;

const reader = createReader(env, { models: MODELS, now: () => NOW });

describe("get", () => {
  test("get_storedDocument returns text, version and age", async () => {
    await env.DOCUMENTS.put("author:a%2Fb", JSON_TEXT, { metadata: METADATA });
    expect(await reader.get("author", "a/b")).toEqual({
      state: "found",
      key: "author:a%2Fb",
      freshness: "unconstrained",
      json: JSON_TEXT,
      hash: HASH,
      metadata: METADATA,
      ageMs: 3_900,
    });
  });

  test("get_noMetadata computes the hash and says that the version is unknown", async () => {
    await env.DOCUMENTS.put("line:7/3", JSON_TEXT);
    expect(await reader.get("line", "7", "3")).toEqual({
      state: "found",
      key: "line:7/3",
      freshness: "unconstrained",
      json: JSON_TEXT,
      hash: HASH,
      metadata: undefined,
      ageMs: undefined,
    });
  });

  test("get_committedInTheFuture has age zero, clocks differ", async () => {
    await env.DOCUMENTS.put("front_page:", "{}", { metadata: { ...METADATA, committed: "2026-11-23T17:42:06.000Z" } });
    expect(await reader.get("front_page")).toMatchObject({ ageMs: 0 });
  });

  test("get_absentKey is missing", async () => {
    expect(await reader.get("author", "nobody")).toEqual({
      state: "missing",
      key: "author:nobody",
      freshness: "unconstrained",
    });
  });

  test("get_keyLongerThanKvAllows is missing, not an error", async () => {
    expect(await reader.get("author", "ü".repeat(200))).toMatchObject({ state: "missing" });
    expect(await reader.get("author", "x".repeat(512 - "author:".length))).toMatchObject({ state: "missing" });
  });

  test("get_prefix stands before the key in KV only", async () => {
    await env.DOCUMENTS.put("preview.author:x", "{}");
    const preview = createReader(env, { models: MODELS, prefix: "preview." });
    expect(await preview.get("author", "x")).toMatchObject({ state: "found", key: "author:x", json: "{}" });
  });

  test("get_emptyDocument is found", async () => {
    await env.DOCUMENTS.put("author:empty", "");
    expect(await reader.get("author", "empty")).toMatchObject({ state: "found", json: "" });
  });
});

describe("respondWithDocument", () => {
  const found = {
    state: "found",
    key: "author:x",
    freshness: "unconstrained",
    json: JSON_TEXT,
    hash: HASH,
    metadata: METADATA,
    ageMs: 3_900,
  } as const;

  const ask = (headers: HeadersInit, method = "GET") =>
    respondWithDocument(new Request("https://site.invalid/", { method, headers }), found);

  test("respond_document is the stored text with its version", async () => {
    const answer = await ask({});
    expect(answer.status).toBe(200);
    expect(await answer.text()).toBe(JSON_TEXT);
    expect(Object.fromEntries(answer.headers)).toMatchObject({
      "content-type": "application/json",
      "cache-control": "public, no-cache",
      etag: `"${HASH}"`,
      "forebay-document": "author:x",
      "forebay-freshness": "unconstrained",
      "forebay-snapshot": "10:12:10",
      "forebay-committed": "2026-11-23T17:42:01.100Z",
      "forebay-age": "3",
    });
  });

  test.each([`"${HASH}"`, `W/"${HASH}"`, `"other", "${HASH}"`, "*"])("respond_ifNoneMatch %s: 304", async (tag) => {
    const answer = await ask({ "If-None-Match": tag });
    expect(answer.status).toBe(304);
    expect(await answer.text()).toBe("");
    expect(answer.headers.get("ETag")).toBe(`"${HASH}"`);
    expect(answer.headers.get("Cache-Control")).toBe("public, no-cache");
    expect(answer.headers.get("Content-Type")).toBeNull();
  });

  test.each(['"other"', HASH, ""])("respond_ifNoneMatch %s: 200", async (tag) => {
    expect((await ask({ "If-None-Match": tag })).status).toBe(200);
  });

  test("respond_head has the headers and no body", async () => {
    const answer = await ask({}, "HEAD");
    expect(answer.status).toBe(200);
    expect(answer.headers.get("ETag")).toBe(`"${HASH}"`);
    expect(await answer.text()).toBe("");
  });

  test("respond_noMetadata says so", async () => {
    const answer = await respondWithDocument(new Request("https://site.invalid/"), {
      ...found,
      metadata: undefined,
      ageMs: undefined,
    });
    expect(answer.headers.get("Forebay-Snapshot")).toBe("unknown");
    expect(answer.headers.has("Forebay-Age")).toBe(false);
  });

  test("respond_missing is a 404 problem that no cache keeps", async () => {
    const answer = await respondWithDocument(new Request("https://site.invalid/"), {
      state: "missing",
      key: "author:x",
      freshness: "unconstrained",
    });
    expect(answer.status).toBe(404);
    expect(answer.headers.get("Content-Type")).toBe("application/problem+json");
    expect(answer.headers.get("Cache-Control")).toBe("no-store");
    expect(await answer.json()).toMatchObject({ status: 404, type: "urn:forebay:problem:document-not-found" });
  });
});
