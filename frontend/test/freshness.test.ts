import { env } from "cloudflare:workers";
import { beforeEach, describe, expect, test, vi } from "vitest";
import { boundPayload } from "../src/reader/bounds.js";
import type { Entry } from "../src/reader/entry.js";
import type { Payload } from "../src/reader/payload.js";
import { createReader, type KvNamespace } from "../src/reader/reader.js";
import { respondWithDocument } from "../src/reader/respond.js";
import { openSession } from "../src/reader/session.js";
import { parseSnapshot } from "../src/reader/snapshot.js";
import { contentMark, documentId, issueToken, parseToken } from "../src/reader/token.js";
import { FakeOrigin, type OriginDocument, originReply } from "./fake-origin.js";

const SECRET = "the first secret, of 32 characters or more";
const OLD = "the secret before, of 32 characters or more";
const SECRETS = { FOREBAY_TOKEN_SECRET: SECRET, FOREBAY_TOKEN_SECRET_OLD: OLD };
const NOW = Date.parse("2026-11-23T17:42:05.000Z");
const NOW_S = Math.floor(NOW / 1000);
const MODELS = { author: "{slug}", front_page: "" } as const;
const KEY = "author:x";
const COMMITTED = "2026-11-23T17:42:01.100Z";
const OLD_JSON = '{"v":1}';
const NEW_JSON = '{"v":2}';
/** Computed with sha256sum, not with the code under test. */
const OLD_HASH = "afbf9d0f3560b0fd7795e81c42a0a79ee6b6fc67e064f77826aee642cad28d91";
const NEW_HASH = "2b5442799fccc3af2e7e790017697373913b7afcac933d72fb5876de994f659a";

interface Demand {
  readonly x?: bigint[];
  readonly s?: string;
  readonly c?: string;
}

function entry({ x = [], s, c }: Demand): Entry {
  return { xids: x, seen: s === undefined ? undefined : parseSnapshot(s), content: c };
}

async function payload(demand: Demand, key = KEY, history = "h1"): Promise<Payload> {
  const documents = new Map([[await documentId(key), entry(demand)]]);
  return { history, expires: NOW_S + 180, entries: new Map([[key.split(":")[0] ?? "", documents]]) };
}

const tokenFor = async (demand: Demand, key = KEY, secret = SECRET) => issueToken(await payload(demand, key), secret);

const request = (headers: Record<string, string>, url = "https://site.invalid/") =>
  new Request(url, { headers: { "CF-Connecting-IP": "192.0.2.7", ...headers } });

function open(headers: Record<string, string>, origin?: FakeOrigin, kv: KvNamespace = env.DOCUMENTS) {
  const session = openSession(request(headers), SECRETS, { now: () => NOW });
  const reader = createReader(
    { DOCUMENTS: kv },
    {
      models: MODELS,
      now: () => NOW,
      session,
      origin: origin && { url: "https://api.invalid/", fetch: origin.fetch, deadlineMs: 100 },
    },
  );
  return { session, reader };
}

const silent = () => new FakeOrigin(() => Promise.reject(new Error("nobody should ask")));
/** An API that has this for whatever document it is asked. */
const answering = (document: Omit<OriginDocument, "key">, extra?: Record<string, string>) =>
  new FakeOrigin((request) => {
    const [, , , model = "", key = ""] = new URL(request.url).pathname.split("/").map(decodeURIComponent);
    return originReply({ key: `${model}:${key}`, ...document }, extra);
  });

const put = (snapshot: string, json = OLD_JSON, hash = OLD_HASH, history = "h1") =>
  env.DOCUMENTS.put(KEY, json, { metadata: { snapshot, hash, committed: COMMITTED, history } });

beforeEach(async () => {
  // KV knows transactions up to 9; the client's is 10.
  await put("10:10:");
});

describe("KV is new enough", () => {
  test.each([
    ["its snapshot sees the write", { x: [9n] }],
    ["its snapshot sees all of the one served before", { s: "9:10:9" }],
    [
      "it is the content served before, although the snapshot then was newer",
      { s: "20:20:", c: "r7-dDzVgsP13legcQqCnng" },
    ],
  ])("get_kv %s: fresh, nobody asked", async (_, demand) => {
    const origin = silent();
    const { reader } = open({ "Forebay-Token": await tokenFor(demand) }, origin);
    expect(await reader.get("author", "x")).toMatchObject({ state: "found", freshness: "fresh", json: OLD_JSON });
    expect(origin.requests).toHaveLength(0);
  });

  test("get_missAfterMissServed is fresh", async () => {
    const origin = silent();
    const { reader } = open({ "Forebay-Token": await tokenFor({ s: "20:20:", c: "-" }, "author:no") }, origin);
    expect(await reader.get("author", "no")).toMatchObject({ state: "missing", freshness: "fresh" });
  });

  test("get_documentNotNamed is unconstrained", async () => {
    const origin = silent();
    const { reader } = open({ "Forebay-Token": await tokenFor({ x: [10n] }, "author:other") }, origin);
    expect(await reader.get("author", "x")).toMatchObject({ freshness: "unconstrained", json: OLD_JSON });
    expect(origin.requests).toHaveLength(0);
  });
});

describe("KV is behind", () => {
  test.each([
    ["lacks the write", { x: [10n] }],
    ["lacks one of two writes", { x: [9n, 10n] }],
    ["is older than what was served", { s: "11:11:" }],
    ["has the content served before, but lacks a write since", { x: [30n], s: "20:20:", c: "r7-dDzVgsP13legcQqCnng" }],
  ])("get_kv %s: origin", async (_, demand) => {
    const origin = answering({ json: NEW_JSON, snapshot: "40:40:" });
    const { reader } = open({ "Forebay-Token": await tokenFor(demand) }, origin);
    expect(await reader.get("author", "x")).toEqual({
      state: "found",
      key: KEY,
      freshness: "origin",
      json: NEW_JSON,
      hash: NEW_HASH,
      metadata: { snapshot: "40:40:", hash: NEW_HASH, history: "h1", committed: "2026-11-23T17:42:04.000Z" },
      ageMs: 1_000,
    });
    expect(origin.requests).toHaveLength(1);
  });

  test("get_demandOnWholeModelOrOnEverything counts", async () => {
    for (const [model, id] of [
      ["author", "*"],
      ["*", "*"],
    ] as const) {
      const origin = answering({ json: NEW_JSON, snapshot: "40:40:" });
      const demand = new Map([[model, new Map([[id, entry({ x: [10n] })]])]]);
      const token = await issueToken({ history: "h1", expires: NOW_S + 9, entries: demand }, SECRET);
      expect(await open({ "Forebay-Token": token }, origin).reader.get("author", "x")).toMatchObject({
        freshness: "origin",
      });
    }
  });

  test.each([
    ["has nothing", "author:no", () => Promise.resolve()],
    ["is of another history", KEY, () => put("99:99:", OLD_JSON, OLD_HASH, "h0")],
    ["does not say its version", KEY, () => env.DOCUMENTS.put(KEY, OLD_JSON)],
  ])("get_kv %s: origin", async (_, key, prepare) => {
    await prepare();
    const origin = answering({ json: NEW_JSON, snapshot: "40:40:" });
    const { reader } = open({ "Forebay-Token": await tokenFor({ x: [10n] }, key) }, origin);
    expect(await reader.get("author", key.slice("author:".length))).toMatchObject({ freshness: "origin" });
  });

  test("get_weakETag, as proxies that compress make it: origin", async () => {
    const weak = { ETag: `W/"${NEW_HASH}"` };
    const origin = answering({ json: NEW_JSON, snapshot: "40:40:" }, weak);
    const { reader } = open({ "Forebay-Token": await tokenFor({ x: [10n] }) }, origin);
    expect(await reader.get("author", "x")).toMatchObject({ freshness: "origin", json: NEW_JSON });
  });

  test("get_originHasNone is missing, from the origin", async () => {
    const origin = answering({ snapshot: "40:40:" });
    const { reader } = open({ "Forebay-Token": await tokenFor({ x: [10n] }) }, origin);
    expect(await reader.get("author", "x")).toEqual({
      state: "missing",
      key: KEY,
      freshness: "origin",
      version: { snapshot: "40:40:", history: "h1" },
    });
  });

  test("get_roundedDemand does not wait for what still runs", async () => {
    for (const [snapshot, freshness] of [
      ["15:25:15", "origin"],
      ["15:20:15", "origin"],
      ["15:19:15", "stale"],
    ] as const) {
      const origin = answering({ json: NEW_JSON, snapshot });
      const { reader } = open({ "Forebay-Token": await tokenFor({ s: "20:20:" }) }, origin);
      expect(await reader.get("author", "x")).toMatchObject({ freshness });
    }
  });

  test("get_exactDemand must be seen by the origin's version", async () => {
    const origin = answering({ json: NEW_JSON, snapshot: "15:25:15" });
    const { reader } = open({ "Forebay-Token": await tokenFor({ s: "16:20:16" }) }, origin);
    expect(await reader.get("author", "x")).toMatchObject({ freshness: "stale" });
  });

  test("get_origin is asked for that key and client, with the token", async () => {
    const origin = answering({ json: NEW_JSON, snapshot: "40:40:" });
    const token = await tokenFor({ x: [10n] }, "author:a%2Fb");
    await open({ "Forebay-Token": token }, origin).reader.get("author", "a/b");
    const [asked] = origin.requests;
    expect(asked?.url).toBe("https://api.invalid/v1/documents/author/a%252Fb");
    expect(asked?.headers.get("Forebay-Token")).toBe(token);
    const [version, expiry, client, mac] = asked?.headers.get("Forebay-Edge")?.split(".") ?? [];
    expect([version, expiry, client]).toEqual(["1", String(NOW_S + 30), "MTkyLjAuMi43"]);
    expect(mac).toBe(await hmac(SECRET, `edge\n1.${expiry}.MTkyLjAuMi43.author:a%2Fb`));
  });

  test("get_prefix is in what is signed and demanded, not in what the API is asked for", async () => {
    const origin = answering({ json: NEW_JSON, snapshot: "40:40:" });
    const demand = new Map([["author", new Map([[await documentId("preview.author:x"), entry({ x: [10n] })]])]]);
    const token = await issueToken({ history: "h1", expires: NOW_S + 9, entries: demand }, SECRET);
    const session = openSession(request({ "Forebay-Token": token }), SECRETS, { now: () => NOW });
    const url = "https://api.invalid";
    const options = {
      models: MODELS,
      prefix: "preview.",
      now: () => NOW,
      session,
      origin: { url, fetch: origin.fetch },
    };
    expect(await createReader(env, options).get("author", "x")).toMatchObject({ key: KEY, freshness: "origin" });
    const [asked] = origin.requests;
    const [version, expiry, client, mac] = asked?.headers.get("Forebay-Edge")?.split(".") ?? [];
    expect(asked?.url).toBe("https://api.invalid/v1/documents/author/x");
    expect(mac).toBe(await hmac(SECRET, `edge\n${version}.${expiry}.${client}.preview.author:x`));
  });

  test("get_singletonFromOrigin has no key in its path", async () => {
    const origin = answering({ json: NEW_JSON, snapshot: "40:40:" });
    const { reader } = open({ "Forebay-Token": await tokenFor({ x: [10n] }, "front_page:") }, origin);
    expect(await reader.get("front_page")).toMatchObject({ freshness: "origin" });
    expect(origin.requests[0]?.url).toBe("https://api.invalid/v1/documents/front_page");
  });
});

describe("the origin does not help", () => {
  const never = () => new Promise<Response>(() => {});
  const body = () => new Response(new ReadableStream({ pull: () => never().then(() => {}) }));
  const fresh = { json: NEW_JSON, snapshot: "40:40:" };

  test.each<[string, FakeOrigin, string]>([
    ["429", new FakeOrigin(() => new Response("", { status: 429 })), "the origin answers 429"],
    ["500", new FakeOrigin(() => new Response("", { status: 500 })), "the origin answers 500"],
    ["401", new FakeOrigin(() => new Response("", { status: 401 })), "the origin answers 401"],
    ["a redirect", new FakeOrigin(() => Response.redirect("https://else.invalid/", 302)), "the origin answers 302"],
    ["no connection", silent(), "the origin cannot be reached"],
    ["no answer", new FakeOrigin(never), "the origin did not answer within 100 ms"],
    ["a body that never ends", new FakeOrigin(body), "the origin did not answer within 100 ms"],
    ["another body", answering(fresh, { ETag: `"${OLD_HASH}"` }), "the origin's reply has another hash than its ETag"],
    [
      "another document",
      answering(fresh, { "Forebay-Document": "author:y" }),
      "the origin's reply is of another document",
    ],
    ["no version", answering(fresh, { "Forebay-Snapshot": "" }), "the origin's reply does not say its version"],
    ["no time", answering(fresh, { "Forebay-As-Of": "now" }), "the origin's reply does not say its version"],
    [
      "an old version",
      answering({ ...fresh, snapshot: "10:12:10" }),
      "the origin's reply is not as new as the token asks",
    ],
    [
      "another history",
      answering({ ...fresh, history: "h0" }),
      "the origin's reply is of another history than the token",
    ],
    [
      "somebody else's 404",
      new FakeOrigin(() => new Response("", { status: 404 })),
      "the origin's reply is of another document",
    ],
    ["an old miss", answering({ snapshot: "10:10:" }), "the origin's reply is not as new as the token asks"],
  ])("get_origin %s: KV's version, stale", async (_, origin, staleBecause) => {
    const { reader } = open({ "Forebay-Token": await tokenFor({ x: [10n] }) }, origin);
    const began = Date.now();
    expect(await reader.get("author", "x")).toMatchObject({ freshness: "stale", json: OLD_JSON, staleBecause });
    expect(Date.now() - began).toBeLessThan(3_000);
    expect(origin.requests).toHaveLength(1);
  });

  test("get_originSilent is waited for 800 ms where nothing else is said", async () => {
    const session = openSession(request({ "Forebay-Token": await tokenFor({ x: [10n] }) }), SECRETS, {
      now: () => NOW,
    });
    const origin = { url: "https://api.invalid", fetch: never };
    const reading = await createReader(env, { models: MODELS, session, origin }).get("author", "x");
    expect(reading.staleBecause).toBe("the origin did not answer within 800 ms");
  });

  test("get_noOrigin is stale", async () => {
    const { reader } = open({ "Forebay-Token": await tokenFor({ x: [10n] }) });
    expect(await reader.get("author", "x")).toMatchObject({ freshness: "stale", staleBecause: "no origin is set" });
  });

  test("get_missing is missing, stale", async () => {
    const { reader, session } = open({ "Forebay-Token": await tokenFor({ x: [10n] }, "author:no") }, silent());
    const reading = await reader.get("author", "no");
    expect(reading).toMatchObject({ state: "missing", freshness: "stale" });
    const answer = await respondWithDocument(request({}), reading, session);
    expect([answer.status, answer.headers.get("Forebay-Freshness")]).toEqual([404, "stale"]);
  });

  test("get_secondDocument is asked for where only the first one was refused", async () => {
    const origin = answering({ json: NEW_JSON, snapshot: "40:40:" }, { "Forebay-Document": "front_page:" });
    const token = await issueToken(
      { history: "h1", expires: NOW_S + 9, entries: new Map([["*", new Map([["*", entry({ x: [10n] })]])]]) },
      SECRET,
    );
    const { reader } = open({ "Forebay-Token": token }, origin);
    expect(await reader.get("author", "x")).toMatchObject({ freshness: "stale" });
    expect(await reader.get("front_page")).toMatchObject({ freshness: "origin" });
  });

  test("get_secondDocument does not wait for an origin that failed", async () => {
    const origin = new FakeOrigin(never);
    const token = await issueToken(
      { history: "h1", expires: NOW_S + 9, entries: new Map([["*", new Map([["*", entry({ x: [10n] })]])]]) },
      SECRET,
    );
    const { reader } = open({ "Forebay-Token": token }, origin);
    await reader.get("author", "x");
    expect(await reader.get("front_page")).toMatchObject({ freshness: "stale" });
    expect(origin.requests).toHaveLength(1);
  });
});

describe("KV fails", () => {
  const broken: KvNamespace = { getWithMetadata: () => Promise.reject(new Error("KV GET failed: 500")) };

  test.each([
    ["named", KEY],
    ["not named", "author:other"],
  ])("get_documentThatIs %s comes from the origin", async (_, key) => {
    const origin = answering({ json: NEW_JSON, snapshot: "40:40:" });
    const { reader } = open({ "Forebay-Token": await tokenFor({ x: [10n] }, key) }, origin, broken);
    expect(await reader.get("author", "x")).toMatchObject({ freshness: "origin", json: NEW_JSON });
  });

  test("get_originFailsToo throws what KV threw", async () => {
    const { reader } = open({ "Forebay-Token": await tokenFor({ x: [10n] }) }, silent(), broken);
    await expect(reader.get("author", "x")).rejects.toThrow("KV GET failed: 500");
  });

  test("get_withoutToken throws, and asks nobody", async () => {
    const origin = silent();
    for (const headers of [{}, { "Forebay-Token": "1.forged" }]) {
      await expect(open(headers, origin, broken).reader.get("author", "x")).rejects.toThrow("KV GET failed: 500");
    }
    expect(origin.requests).toHaveLength(0);
  });
});

describe("tokens that count for nothing", async () => {
  const good = await payload({ x: [10n] });
  const token = await issueToken(good, SECRET);

  test.each([
    ["forged", `${token.slice(0, -1)}${token.endsWith("A") ? "E" : "A"}`],
    ["foreign", await issueToken(good, "another secret, of 32 characters or so")],
    ["truncated", token.slice(0, -1)],
    ["truncated a lot", token.slice(0, 9)],
    ["empty", ""],
    ["expired", await issueToken({ ...good, expires: NOW_S }, SECRET)],
    ["of another version", token.replace(/^1/, "2")],
    ["no token", "~, %00;=, 1.., ..."],
    ["too long", await issueToken({ ...good, history: "h".repeat(4_000) }, SECRET)],
  ])("get_tokenThatIs %s: unconstrained, nobody asked, none given", async (_, text) => {
    const origin = silent();
    for (const headers of [{ "Forebay-Token": text }, { Cookie: `a=b; forebay_token=${text}` }]) {
      const { reader, session } = open(headers, origin);
      const reading = await reader.get("author", "x");
      expect(reading).toMatchObject({ freshness: "unconstrained", json: OLD_JSON });
      const answer = await respondWithDocument(request({}), reading, session);
      expect(answer.headers.get("Cache-Control")).toBe("public, no-cache");
      expect([answer.headers.get("Forebay-Token"), answer.headers.get("Set-Cookie")]).toEqual([null, null]);
    }
    expect(origin.requests).toHaveLength(0);
  });

  test("openSession_noSecretSet ignores tokens", () => {
    expect(openSession(request({ "Forebay-Token": token }), {})).toBeUndefined();
  });

  test("session_printed shows no secret and no token", () => {
    const { session } = open({ "Forebay-Token": token });
    expect(JSON.stringify([session, Object.entries(session ?? {})])).toBe("[{},[]]");
  });

  test("openSession_shortSecret is refused", () => {
    const settings = { FOREBAY_TOKEN_SECRET: "short" };
    expect(() => openSession(request({ "Forebay-Token": token }), settings)).toThrow(RangeError);
    expect(openSession(request({}), settings), "a reader without a token").toBeUndefined();
  });

  test("openSession_previousSecret counts, and the token is signed anew", async () => {
    const { session } = open({ "Forebay-Token": await issueToken(good, OLD) });
    expect(await session?.token()).toBe(token);
  });

  test("openSession_manyTokens: four are looked at", async () => {
    const texts = ["1.a.b", "1.c.d", "1.e.f", token];
    expect(await open({ "Forebay-Token": texts.join(", ") }).session?.token()).toBe(token);
    expect(await open({ "Forebay-Token": ["1.g.h", ...texts].join(", ") }).session?.token()).toBeUndefined();
  });
});

describe("readers without a token", () => {
  test("get_manyReaders cause no origin request and no HMAC, one KV read each", async () => {
    const origin = silent();
    const signing = (["importKey", "sign", "verify"] as const).map((name) => vi.spyOn(crypto.subtle, name));
    let reads = 0;
    const counting: KvNamespace = {
      getWithMetadata: (key, options) => {
        reads++;
        return env.DOCUMENTS.getWithMetadata(key, options);
      },
    };
    for (let i = 0; i < 200; i++) {
      const headers: Record<string, string> = i % 2 === 0 ? {} : { Cookie: "theme=dark" };
      const { reader, session } = open(headers, origin, counting);
      expect(session).toBeUndefined();
      expect(await reader.get("author", i % 3 === 0 ? "no" : "x")).toMatchObject({ freshness: "unconstrained" });
    }
    expect([reads, origin.requests.length]).toEqual([200, 0]);
    for (const spy of signing) {
      expect(spy).not.toHaveBeenCalled();
    }
    // The spies see what there is to see.
    await open({ "Forebay-Token": await tokenFor({ x: [9n] }, KEY, OLD) }).reader.get("author", "x");
    expect(signing[2]).toHaveBeenCalled();
    vi.restoreAllMocks();
  });
});

describe("several reads", () => {
  test("get_sameDocumentAtOnce is one read of KV and one of the origin", async () => {
    const origin = answering({ json: NEW_JSON, snapshot: "40:40:" });
    let reads = 0;
    const counting: KvNamespace = {
      getWithMetadata: (key, options) => {
        reads++;
        return env.DOCUMENTS.getWithMetadata(key, options);
      },
    };
    const { reader } = open({ "Forebay-Token": await tokenFor({ x: [10n] }) }, origin, counting);
    const readings = await reader.getMany("author", [["x"], ["x"], ["no"], ["x"]]);
    expect(readings.map(({ freshness }) => freshness)).toEqual(["origin", "origin", "unconstrained", "origin"]);
    expect([reads, origin.requests.length]).toEqual([2, 1]);
  });

  test("getMany_answers are in the order of the keys", async () => {
    const { reader } = open({});
    const readings = await reader.getMany("author", [["b"], ["x"], ["a"]]);
    expect(readings.map(({ key, state }) => [key, state])).toEqual([
      ["author:b", "missing"],
      ["author:x", "found"],
      ["author:a", "missing"],
    ]);
  });

  test("get_unknownModel is refused", async () => {
    const reader = createReader<Record<string, unknown>, Record<string, string[]>>(env, { models: MODELS });
    await expect(reader.get("nothing")).rejects.toThrow(RangeError);
  });
});

describe("the client does not go back", () => {
  const names = (text: string | null | undefined) => parseToken(text ?? "", [SECRET], NOW);

  test("session_twoLocations: what one served, the other must have", async () => {
    const behind = env.DOCUMENTS_ELSEWHERE;
    await behind.put(KEY, OLD_JSON, {
      metadata: { snapshot: "10:10:", hash: OLD_HASH, committed: COMMITTED, history: "h1" },
    });
    await put("30:30:", NEW_JSON, NEW_HASH);
    const origin = answering({ json: NEW_JSON, snapshot: "40:40:" });
    const before = { "Forebay-Token": await tokenFor({ x: [10n] }, "author:other") };

    const here = open(before, origin);
    const first = await here.reader.get("author", "x");
    expect(first).toMatchObject({ freshness: "unconstrained", json: NEW_JSON });
    const answer = await respondWithDocument(request(before), first, here.session);
    const after = { "Forebay-Token": answer.headers.get("Forebay-Token") ?? "" };

    expect(await open(before, origin, behind).reader.get("author", "x")).toMatchObject({ json: OLD_JSON });
    expect(origin.requests).toHaveLength(0);
    expect(await open(after, origin, behind).reader.get("author", "x")).toMatchObject({
      freshness: "origin",
      json: NEW_JSON,
    });
    expect(origin.requests).toHaveLength(1);
  });

  test("session_shortenedSnapshot: what it may have seen, the other location must have", async () => {
    const served = { snapshot: "10:10:", xmax: "40", hash: NEW_HASH, committed: COMMITTED, history: "h1" };
    await env.DOCUMENTS.put(KEY, NEW_JSON, { metadata: served });
    const behind = env.DOCUMENTS_ELSEWHERE;
    // Newer than what the shortened snapshot admits to, older than what it may have been.
    await behind.put(KEY, OLD_JSON, { metadata: { ...served, snapshot: "20:20:", xmax: undefined, hash: OLD_HASH } });
    const origin = answering({ json: NEW_JSON, snapshot: "40:40:" });
    const before = { "Forebay-Token": await tokenFor({ x: [5n] }) };

    const here = open(before, origin);
    const first = await here.reader.get("author", "x");
    expect(first).toMatchObject({ freshness: "fresh", json: NEW_JSON });
    const answer = await respondWithDocument(request(before), first, here.session);
    const after = { "Forebay-Token": answer.headers.get("Forebay-Token") ?? "" };

    expect(await open(after, origin, behind).reader.get("author", "x")).toMatchObject({
      freshness: "origin",
      json: NEW_JSON,
    });
    expect(await open(after, silent()).reader.get("author", "x")).toMatchObject({ freshness: "fresh" });
  });

  test("session_served document joins the token; its life stays", async () => {
    const origin = answering({ json: NEW_JSON, snapshot: "40:42:41" });
    const { reader, session } = open({ "Forebay-Token": await tokenFor({ x: [10n, 41n] }) }, origin);
    origin.answer = () => originReply({ key: KEY, json: NEW_JSON, snapshot: "40:45:44" });
    await reader.get("author", "x");
    expect(await names(await session?.token())).toEqual(await payload({ s: "40:45:44", c: contentMark(NEW_HASH) }));
  });

  test("session_missFromOrigin joins the token; one of KV cannot", async () => {
    const origin = answering({ snapshot: "40:40:" });
    const { reader, session } = open({ "Forebay-Token": await tokenFor({ x: [10n] }) }, origin);
    await reader.get("author", "x");
    await reader.get("author", "no");
    expect(await names(await session?.token())).toEqual(await payload({ s: "40:40:", c: "-" }));
  });

  test("session_staleReply takes back nothing that is demanded", async () => {
    for (const demand of [{ x: [10n] }, { s: "20:20:", c: contentMark(NEW_HASH) }]) {
      const { reader, session } = open({ "Forebay-Token": await tokenFor(demand) }, silent());
      expect(await reader.get("author", "x")).toMatchObject({ freshness: "stale" });
      const after = open({ "Forebay-Token": (await session?.token()) ?? "" }, silent());
      expect(await after.reader.get("author", "x")).toMatchObject({ freshness: "stale" });
    }
  });

  test("session_documentOfAnotherHistory does not join the token", async () => {
    await put("99:99:", NEW_JSON, NEW_HASH, "h2");
    const { reader, session } = open({ "Forebay-Token": await tokenFor({ x: [10n] }, "author:other") });
    await reader.get("author", "x");
    expect(await names(await session?.token())).toEqual(await payload({ x: [10n] }, "author:other"));
  });

  test("session_readsThatEndTogether all join the token", async () => {
    const slugs = Array.from({ length: 20 }, (_, i) => `d${i}`);
    for (const slug of slugs) {
      await env.DOCUMENTS.put(`author:${slug}`, OLD_JSON, {
        metadata: { snapshot: "10:10:", hash: OLD_HASH, committed: COMMITTED, history: "h1" },
      });
    }
    const { reader, session } = open({ "Forebay-Token": await tokenFor({ x: [10n] }, "author:other") });
    await reader.getMany(
      "author",
      slugs.map((slug) => [slug] as const),
    );
    expect((await names(await session?.token()))?.entries.get("author")?.size).toBe(21);
  });
});

describe("the token goes back as it came", async () => {
  const token = await tokenFor({ x: [9n] });

  async function answerTo(headers: Record<string, string>, url?: string) {
    const session = openSession(request(headers, url), SECRETS, { now: () => NOW });
    const reader = createReader(env, { models: MODELS, now: () => NOW, session });
    return await respondWithDocument(request(headers), await reader.get("author", "x"), session);
  }

  test("respond_header: header", async () => {
    const { headers } = await answerTo({ "Forebay-Token": token });
    expect(headers.get("Forebay-Token")).toMatch(/^1\./);
    expect(headers.get("Set-Cookie")).toBeNull();
    expect(headers.get("Cache-Control")).toBe("private, no-cache");
    expect(headers.get("Vary")).toBe("Forebay-Token, Cookie");
    expect(headers.get("Forebay-Freshness")).toBe("fresh");
    expect(headers.get("Forebay-Age")).toBe("3");
  });

  test("respond_cookie: a cookie beside the API's, as long as the token lives", async () => {
    const { headers } = await answerTo({ Cookie: `a=b; forebay_token=${token}` });
    expect(headers.get("Forebay-Token")).toBeNull();
    expect(headers.get("Set-Cookie")).toMatch(
      /^forebay_seen=1\.[\w.-]+; Max-Age=180; Path=\/; Secure; HttpOnly; SameSite=Lax$/,
    );
  });

  test.each(["http://127.0.0.1:8788/", "http://localhost/", "http://[::1]/"])(
    "respond_cookieOn %s is not Secure",
    async (url) => {
      const { headers } = await answerTo({ Cookie: `forebay_token=${token}` }, url);
      expect(headers.get("Set-Cookie")).toMatch(/; Path=\/; HttpOnly; SameSite=Lax$/);
    },
  );

  test("respond_writeSinceTheReadBegan is not forgotten", async () => {
    const read = (await answerTo({ Cookie: `forebay_token=${token}` })).headers.get("Set-Cookie")?.split(";")[0];
    const written = await tokenFor({ x: [10n] });
    const origin = answering({ json: NEW_JSON, snapshot: "40:40:" });
    const { reader } = open({ Cookie: `${read}; forebay_token=${written}` }, origin);
    expect(await reader.get("author", "x")).toMatchObject({ freshness: "origin" });
  });

  test("respond_304 carries the token too", async () => {
    const answer = await answerTo({ "Forebay-Token": token, "If-None-Match": `"${OLD_HASH}"` });
    expect(answer.status).toBe(304);
    expect(answer.headers.get("Forebay-Token")).toMatch(/^1\./);
  });
});

describe("a token's size", () => {
  test("session_manyDocuments fit in a token, and each is still demanded", async () => {
    const entries = new Map<string, Map<string, Entry>>();
    for (let i = 0; i < 100; i++) {
      const model = `m${i % 3}`;
      const documents = entries.get(model) ?? new Map<string, Entry>();
      entries.set(model, documents.set(await documentId(`${model}:${i}`), entry({ x: [BigInt(i)], s: "5:5:" })));
    }
    const bounded = boundPayload({ history: "h1", expires: NOW_S + 9, entries });
    expect((await issueToken(bounded, SECRET)).length).toBeLessThan(4_096);
    expect([...bounded.entries.values()].every((documents) => documents.has("*"))).toBe(true);
  });
});

async function hmac(secret: string, text: string): Promise<string> {
  const bytes = (value: string) => new TextEncoder().encode(value);
  const key = await crypto.subtle.importKey("raw", bytes(secret), { name: "HMAC", hash: "SHA-256" }, false, ["sign"]);
  const mac = new Uint8Array(await crypto.subtle.sign("HMAC", key, bytes(text)));
  return btoa(String.fromCharCode(...mac))
    .replace(/\+/g, "-")
    .replace(/\//g, "_")
    .replace(/=/g, "");
}
