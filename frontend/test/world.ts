import { boundPayload } from "../src/reader/bounds.js";
import { isMetBy } from "../src/reader/entry.js";
import type { KvNamespace } from "../src/reader/index.js";
import { mergePayloads, type Payload, requirementOf } from "../src/reader/payload.js";
import { sha256 } from "../src/reader/signing.js";
import { printSnapshot, type Snapshot } from "../src/reader/snapshot.js";
import { documentId, issueToken, parseToken } from "../src/reader/token.js";
import { originReply } from "./fake-origin.js";
import type { Random } from "./random.js";

export const SECRET = "the secret of a world that is made up";
export const LIFE_MS = 180_000;
const HISTORY = "h1";

/** A document's text; undefined where there is none. */
type Content = string | undefined;
type Entry = { readonly value: string; readonly metadata: object } | undefined;

/**
 * A database, the worker that publishes its documents, KV with its locations, and the API, in memory and on a clock of
 * their own.
 *
 * Transactions commit in another order than they began. Equal content is not published again. Each location hears of a
 * change at a time of its own, so also of an older one after a newer one (it is put right later), and keeps hits and
 * misses in a cache.
 */
export class World {
  now = Date.parse("2026-11-23T00:00:00.000Z");
  /** Which the API was asked, by the reader. */
  originRequests = 0;

  private nextXid = 1_000n;
  private readonly running = new Set<bigint>();
  /** By document: its contents, each with the number of the commit that made it so. */
  private readonly versions = new Map<string, { commit: number; content: Content }[]>();
  private readonly published = new Map<string, { content: Content; entry: Entry }>();
  private readonly loaded = new Map<string, { content: Content; snapshot: Snapshot }>();
  private readonly locations: Location[];
  private commits = 0;
  private later: { at: number; run: () => void }[] = [];

  constructor(
    private readonly random: Random,
    locations: number,
  ) {
    this.locations = Array.from({ length: locations }, () => new Location(this, random));
  }

  location(i: number): KvNamespace {
    return this.locations[i] ?? raise("no such location");
  }

  /** Lets time pass, and what was due happen. */
  advance(ms: number): void {
    this.now += ms;
    const due = this.later.filter(({ at }) => at <= this.now).sort((a, b) => a.at - b.at);
    this.later = this.later.filter(({ at }) => at > this.now);
    for (const { run } of due) {
      run();
    }
  }

  after(ms: number, run: () => void): void {
    this.later.push({ at: this.now + ms, run });
  }

  begin(): bigint {
    const xid = this.nextXid++;
    this.running.add(xid);
    return xid;
  }

  /** Commits a transaction that changes documents; returns the commit's number. */
  commit(xid: bigint, changes: ReadonlyMap<string, Content>): number {
    this.running.delete(xid);
    const commit = ++this.commits;
    for (const [document, content] of changes) {
      const versions = this.versions.get(document) ?? [{ commit: 0, content: undefined }];
      this.versions.set(document, [...versions, { commit, content }]);
      this.after(this.random(this.random(10) === 0 ? 20_000 : 800), () => this.publish(document));
    }
    return commit;
  }

  content(document: string): Content {
    return this.versions.get(document)?.at(-1)?.content;
  }

  /** Returns the first commit from `since` on after which the document is this; undefined if it never was since then. */
  commitOf(document: string, content: Content, since: number): number | undefined {
    const versions = this.versions.get(document) ?? [{ commit: 0, content: undefined }];
    const current = versions.filter(({ commit }) => commit <= since).at(-1);
    const later = versions.find((version) => version.commit > since && version.content === content);
    return current?.content === content ? since : later?.commit;
  }

  /** Answers a write as the API does: with the union of what the client carries and what the write touched. */
  async issue(carried: readonly string[], xid: bigint, touched: readonly [model: string, kvKey: string][]) {
    const parsed = await Promise.all(carried.map((text) => parseToken(text, [SECRET], this.now)));
    const expires = Math.floor((this.now + LIFE_MS) / 1000);
    const entries = new Map<string, Map<string, { xids: bigint[]; seen: undefined; content: undefined }>>();
    for (const [model, kvKey] of touched) {
      const id = kvKey === "*" ? "*" : await documentId(kvKey);
      const documents = entries.get(model) ?? new Map();
      entries.set(model, documents.set(id, { xids: [xid], seen: undefined, content: undefined }));
    }
    const write: Payload = { history: HISTORY, expires, entries };
    const all = mergePayloads([...parsed.filter((payload) => payload !== undefined), write]);
    return issueToken(boundPayload({ ...(all ?? write), expires }), SECRET);
  }

  /**
   * The API's origin read: away for 20 seconds in 200, and wrong one time in ten. It may also serve what is too old,
   * where a reader can tell that.
   */
  readonly origin = async (url: string, init: RequestInit): Promise<Response> => {
    this.originRequests++;
    const [, , , model = "", key = ""] = new URL(url).pathname.split("/").map(decodeURIComponent);
    const document = `${model}:${key}`;
    const loaded = this.loaded.get(document);
    switch (this.now % 200_000 < 20_000 ? 0 : this.random(60)) {
      case 0:
        throw new TypeError("connection refused");
      case 1:
        return new Response(null, { status: 429 });
      case 2:
        return new Response(null, { status: 503 });
      case 3:
        return new Response("a proxy's page", { status: 404 });
      case 4:
        return this.reply(document, this.build(document), { ETag: `"${await sha256("another")}"` });
    }
    const token = new Headers(init.headers).get("Forebay-Token") ?? "";
    const payload = (await parseToken(token, [SECRET], this.now)) ?? raise("the reader asks without a token");
    const demand = requirementOf(payload, model, await documentId(document));
    if (this.random(60) === 0 && loaded && demand?.seen?.running.length !== 0) {
      return this.reply(document, loaded);
    }
    const serves = loaded && (demand === undefined || isMetBy(demand, { snapshot: loaded.snapshot, content: "" }));
    return this.reply(document, serves ? loaded : this.build(document));
  };

  private reply(
    key: string,
    { content, snapshot }: { content: Content; snapshot: Snapshot },
    extra?: Record<string, string>,
  ): Promise<Response> {
    const version = { key, snapshot: printSnapshot(snapshot) };
    return originReply(content === undefined ? version : { ...version, json: content }, extra);
  }

  private build(document: string) {
    const built = { content: this.content(document), snapshot: this.snapshot() };
    this.loaded.set(document, built);
    return built;
  }

  private snapshot(): Snapshot {
    const running = [...this.running].sort((a, b) => (a < b ? -1 : 1));
    return { xmin: running[0] ?? this.nextXid, xmax: this.nextXid, running };
  }

  private publish(document: string): void {
    const content = this.content(document);
    if (this.published.has(document) && this.published.get(document)?.content === content) {
      return;
    }
    const snapshot = printSnapshot(this.snapshot());
    const metadata = { snapshot, committed: new Date(this.now).toISOString(), history: HISTORY };
    const entry = content === undefined ? undefined : { value: content, metadata };
    this.published.set(document, { content, entry });
    for (const location of this.locations) {
      const delay = this.random(this.random(5) === 0 ? 60_000 : 5_000);
      this.after(delay, () => location.hear(document, entry));
      this.after(60_000, () => location.hear(document, this.published.get(document)?.entry));
    }
  }
}

/** One place where KV is read. */
class Location implements KvNamespace {
  private readonly stored = new Map<string, Entry>();
  private readonly cached = new Map<string, { entry: Entry; until: number }>();

  constructor(
    private readonly world: World,
    private readonly random: Random,
  ) {}

  hear(document: string, entry: Entry): void {
    this.stored.set(document, entry);
  }

  async getWithMetadata(key: string): Promise<{ value: string | null; metadata: unknown }> {
    let cached = this.cached.get(key);
    if (cached === undefined || cached.until <= this.world.now) {
      cached = { entry: this.stored.get(key), until: this.world.now + 30_000 + this.random(30_000) };
      this.cached.set(key, cached);
    }
    const { entry } = cached;
    return entry === undefined
      ? { value: null, metadata: null }
      : { value: entry.value, metadata: { ...entry.metadata, hash: await sha256(entry.value) } };
  }
}

function raise(message: string): never {
  throw new Error(message);
}
