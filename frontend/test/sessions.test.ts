import { afterAll, expect, test } from "vitest";
import { createReader, type Freshness, openSession, type Reading, respondWithDocument } from "../src/reader/index.js";
import { newSeed, type Random, seeded } from "./random.js";
import { LIFE_MS, SECRET, World } from "./world.js";

const SESSIONS = 2_000;
const STEPS = 12;
const AT_ONCE = 40;
const LOCATIONS = 4;
const MODELS = { article: "{slug}", tag: "{slug}", front_page: "" } as const;
type Document = readonly [model: "article" | "tag" | "front_page", ...values: string[]];

const counts: Record<Freshness, number> = { fresh: 0, origin: 0, stale: 0, unconstrained: 0 };

/** A client that writes and reads, now here and now there, and what it may expect. */
class Client {
  private readonly usesCookies: boolean;
  private written: string | undefined;
  private seen: string | undefined;
  private expires = 0;
  /** By document: the commit that a reply must contain. */
  private readonly owes = new Map<string, number>();
  private home: number;
  /** Reads so much that its tokens no longer name each document. */
  private readonly isGreedy: boolean;

  constructor(
    private readonly world: World,
    private readonly random: Random,
    readonly id: number,
  ) {
    this.usesCookies = random(2) === 0;
    this.home = random(LOCATIONS);
    this.isGreedy = random(20) === 0;
  }

  async step(): Promise<void> {
    if (this.random(4) === 0) {
      this.home = this.random(LOCATIONS);
    }
    switch (this.random(12)) {
      case 0:
      case 1:
      case 2:
        return this.write();
      case 3:
        return this.readSeveral();
      case 4:
        return this.readWhileWriting();
      default:
        return this.isGreedy ? this.readSeveral() : this.read();
    }
  }

  private async write(): Promise<void> {
    const { world, random } = this;
    const xid = world.begin();
    const other = world.begin();
    const documents = new Map([anyDocument(random), ...(random(3) ? [] : [anyDocument(random)])].map(named));
    const changes = new Map([...documents.keys()].map((document) => [document, change(world, random, document)]));
    if (random(2) === 0) {
      world.commit(other, new Map([named(anyDocument(random))].map(([key]) => [key, change(world, random, key)])));
    } else {
      world.after(random(9_000), () => world.commit(other, new Map()));
    }
    const commit = world.commit(xid, changes);
    const wholly = random(12) === 0;
    const touched = [...documents].map(([key, [model]]): [string, string] => [model, wholly ? "*" : key]);
    this.written = await world.issue(this.carried(), xid, touched);
    this.expires = Math.floor((world.now + LIFE_MS) / 1000) * 1000;
    for (const document of documents.keys()) {
      this.owes.set(document, commit);
    }
  }

  private async read(): Promise<void> {
    const { answer, finish } = this.begin();
    const document = anyDocument(this.random);
    await finish(await answer(document));
  }

  private async readSeveral(): Promise<void> {
    const { answer, finish } = this.begin();
    const others = Array.from({ length: this.random(16) }, () => answer(anyDocument(this.random)));
    await finish(await answer(anyDocument(this.random)), ...(await Promise.all(others)));
  }

  /** A read begins, a write begins and ends, the read ends. */
  private async readWhileWriting(): Promise<void> {
    const { answer, finish } = this.begin();
    const reading = await answer(anyDocument(this.random));
    const before = this.owes.get(reading.key);
    await this.write();
    const after = this.owes.get(reading.key);
    if (before === undefined) {
      this.owes.delete(reading.key);
    } else {
      this.owes.set(reading.key, before);
    }
    await finish(reading);
    if (after !== undefined && after !== before) {
      this.owes.set(reading.key, after);
    }
  }

  private begin() {
    const { world, usesCookies } = this;
    const isHolder = this.expires > world.now;
    if (!isHolder) {
      this.owes.clear();
    }
    const carried = this.carried();
    const cookie = `forebay_token=${this.written ?? ""}; forebay_seen=${this.seen ?? ""}`;
    const headers: HeadersInit = usesCookies ? { Cookie: cookie } : { "Forebay-Token": carried.join(", ") };
    const request = new Request("https://site.invalid/", carried.length === 0 ? {} : { headers });
    const now = () => world.now;
    const session = openSession(request, { FOREBAY_TOKEN_SECRET: SECRET }, { now });
    const origin = { url: "https://api.invalid", fetch: world.origin };
    const env = { DOCUMENTS: world.location(this.home) };
    const reader = createReader(env, { models: MODELS, now, session, origin });
    return {
      answer: ([model, ...values]: Document) => reader.get(model, ...values),
      finish: async (...readings: readonly [Reading, ...Reading[]]) => {
        for (const reading of readings) {
          this.judge(reading, isHolder);
        }
        const { headers } = await respondWithDocument(request, readings[0], session);
        const set = /^forebay_seen=([^;]*)/.exec(headers.get("Set-Cookie") ?? "")?.[1];
        this.seen = (usesCookies ? set : headers.get("Forebay-Token")) ?? this.seen;
      },
    };
  }

  private carried(): string[] {
    return [this.written, this.seen].filter((token) => token !== undefined);
  }

  private judge(reading: Reading, isHolder: boolean): void {
    counts[reading.freshness]++;
    const { key, freshness, state } = reading;
    const owed = this.owes.get(key);
    const content = reading.state === "found" ? reading.json : undefined;
    if (freshness === "stale" || (freshness === "unconstrained" && state === "missing" && owed === undefined)) {
      return;
    }
    const commit = this.world.commitOf(key, content, owed ?? 0);
    expect(commit, `session ${this.id}: ${freshness} ${key} = ${content} lacks commit ${owed}`).toBeDefined();
    if (isHolder) {
      this.owes.set(key, commit ?? 0);
    }
  }
}

function anyDocument(random: Random): Document {
  const kind = random(10);
  if (kind === 0) {
    return ["front_page"];
  }
  return kind < 3 ? ["tag", `t${random(8)}`] : ["article", `a${random(1 + random(50))}`];
}

function named(document: Document): [key: string, document: Document] {
  return [`${document[0]}:${document[1] ?? ""}`, document];
}

let texts = 0;

/** A new text, the same again, the one of the document's first days again, or nothing. */
function change(world: World, random: Random, document: string): string | undefined {
  switch (random(10)) {
    case 0:
      return world.content(document);
    case 1:
      return undefined;
    case 2:
      return `{"of":"${document}"}`;
    default:
      return `{"n":${++texts}}`;
  }
}

test(`sessions_${SESSIONS} of them: no write is missed, no version goes back`, { timeout: 600_000 }, async () => {
  const random = seeded(newSeed("sessions"));
  const world = new World(random, LOCATIONS);
  let opened = 0;
  const open = () => ({ client: new Client(world, random, opened++), steps: STEPS });
  const active = Array.from({ length: AT_ONCE }, open);
  while (active.length > 0) {
    world.advance(random(500));
    const i = random(active.length);
    const session = active[i];
    await session?.client.step();
    if (session && --session.steps === 0) {
      active.splice(i, 1, ...(opened < SESSIONS ? [open()] : []));
    }
    if (random(4) === 0) {
      await strangerReads(world, random);
    }
  }
  expect(opened).toBe(SESSIONS);
  expect(Math.min(counts.fresh, counts.origin, counts.stale, counts.unconstrained)).toBeGreaterThan(100);
});

/** Whoever has no token is served by KV, and nobody else hears of it. */
async function strangerReads(world: World, random: Random): Promise<void> {
  const session = openSession(new Request("https://site.invalid/"), { FOREBAY_TOKEN_SECRET: SECRET });
  const origin = { url: "https://api.invalid", fetch: world.origin };
  const env = { DOCUMENTS: world.location(random(LOCATIONS)) };
  const asked = world.originRequests;
  const [model, ...values] = anyDocument(random);
  const reading = await createReader(env, { models: MODELS, session, origin }).get(model, ...values);
  expect(reading.freshness).toBe("unconstrained");
  expect(world.originRequests).toBe(asked);
}

afterAll(() => {
  const all = Object.values(counts).reduce((sum, count) => sum + count, 0);
  const shares = Object.entries(counts).map(([label, count]) => `${label} ${((100 * count) / all).toFixed(1)} %`);
  console.log(`${SESSIONS} sessions, ${all} readings: ${shares.join(", ")}`);
});
