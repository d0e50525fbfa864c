import { boundPayload } from "./bounds.js";
import { edgeSignature } from "./edge.js";
import { type Entry, mergeEntries } from "./entry.js";
import { mergePayloads, type Payload, requirementOf } from "./payload.js";
import { parseSnapshot, type Snapshot } from "./snapshot.js";
import { contentMark, documentId, issueToken, parseToken } from "./token.js";

/** The secrets that the API and the site share; without the first, tokens are ignored. */
export interface SessionEnv {
  /** At least 32 characters. */
  readonly FOREBAY_TOKEN_SECRET?: string;
  /** The previous one, for the minutes in which secrets are changed. */
  readonly FOREBAY_TOKEN_SECRET_OLD?: string;
}

/** What a client must see of one document. */
export interface Requirement extends Entry {
  readonly history: string;
}

/** What a client was served; a document that does not exist has no hash. */
export interface Served {
  readonly snapshot: string;
  readonly history: string;
  readonly hash: string | undefined;
}

/**
 * Returns the session of a request that carries tokens, in the header Forebay-Token or in cookies; undefined for all
 * others, at the cost of a look at two headers.
 *
 * @throws RangeError if there is a token, and a secret that has fewer than 32 characters
 */
export function openSession(
  request: Request,
  env: SessionEnv,
  options: { now?: () => number } = {},
): Session | undefined {
  const { FOREBAY_TOKEN_SECRET: current = "", FOREBAY_TOKEN_SECRET_OLD: previous = "" } = env;
  if (current === "") {
    return undefined;
  }
  const header = request.headers.get("Forebay-Token");
  const cookie = request.headers.get("Cookie");
  if (header === null && !cookie?.includes("forebay_")) {
    return undefined;
  }
  const secrets: Secrets = previous === "" ? [current] : [current, previous];
  if (secrets.some((secret) => secret.length < MIN_SECRET_CHARACTERS)) {
    throw new RangeError(`FOREBAY_TOKEN_SECRET and its _OLD need at least ${MIN_SECRET_CHARACTERS} characters`);
  }
  const carried: Carried = {
    header: (header ?? "").split(",").map((text) => text.trim()),
    cookies: [...(cookie ?? "").matchAll(COOKIES)].map(([, text = ""]) => text),
    client: request.headers.get("CF-Connecting-IP") ?? "",
    loopback: isLoopback(request.url),
  };
  return new Session(carried, secrets, options.now ?? Date.now);
}

/** The one that signs, and those that are accepted too. */
type Secrets = readonly [string, ...string[]];

interface Carried {
  readonly header: readonly string[];
  readonly cookies: readonly string[];
  /** The client's address, as Cloudflare says; the API limits by it. */
  readonly client: string;
  readonly loopback: boolean;
}

/**
 * What one client must see, for one request: the union of its tokens, and what it was served since.
 *
 * Tokens are verified when they are first needed, beside the read of KV. What is no token counts for nothing; if none
 * is left the client is like one that carries none.
 */
export class Session {
  // Not merely `private`: what is printed of a session shows no secret and no token.
  readonly #carried: Carried;
  readonly #secrets: Secrets;
  readonly #now: () => number;
  #payload: Promise<Payload | undefined> | undefined;
  #revision = 0;

  constructor(carried: Carried, secrets: Secrets, now: () => number) {
    this.#carried = carried;
    this.#secrets = secrets;
    this.#now = now;
  }

  /** Changes with every demand that is added. */
  get revision(): number {
    return this.#revision;
  }

  /** Returns the header that lets the site ask the API for a key, for this client. */
  edgeSignature(kvKey: string): Promise<string> {
    return edgeSignature(this.#secrets[0], this.#carried.client, kvKey, this.#now());
  }

  /** Returns whether at least one token counts. */
  async isHolder(): Promise<boolean> {
    return (await this.#payloadOnce()) !== undefined;
  }

  /** Returns what the client must see of a document; undefined if nothing is demanded. */
  async requirement(model: string, kvKey: string): Promise<Requirement | undefined> {
    const payload = await this.#payloadOnce();
    const entry = payload && requirementOf(payload, model, await documentId(kvKey));
    return entry && { ...entry, history: payload.history };
  }

  /** Adds what the client is served now, so that it does not go back; nothing if that is of another history. */
  async saw(model: string, kvKey: string, { snapshot, history, hash }: Served): Promise<void> {
    const id = await documentId(kvKey);
    const seen = parseSnapshot(snapshot);
    const payload = await this.#payloadOnce();
    if (payload !== undefined && seen !== undefined && history === payload.history) {
      // Not from the payload above: another read may have added to it meanwhile.
      this.#payload = this.#payloadOnce().then((now) => now && add(now, model, id, seen, contentMark(hash)));
      this.#revision++;
      await this.#payload;
    }
  }

  /** Returns the token that the client should carry from now on; undefined if none of its tokens counts. */
  async token(): Promise<string | undefined> {
    const payload = await this.#payloadOnce();
    return payload && issueToken(payload, this.#secrets[0]);
  }

  /**
   * Returns the headers that hand the token back the way it came: as header, as cookie, or both; none if none counts.
   *
   * The cookie is not the one that the API sets: a read that began before a write would bring back the token of before,
   * and the client would lose its write. Neither lives longer than what was carried.
   */
  async fields(): Promise<Readonly<Record<string, string>>> {
    const payload = await this.#payloadOnce();
    if (payload === undefined) {
      return {};
    }
    const token = await issueToken(payload, this.#secrets[0]);
    const { header, cookies, loopback } = this.#carried;
    const seconds = Math.max(0, payload.expires - Math.floor(this.#now() / 1000));
    const secure = loopback ? "" : " Secure;";
    const cookie = `forebay_seen=${token}; Max-Age=${seconds}; Path=/;${secure} HttpOnly; SameSite=Lax`;
    return {
      ...(header.some((text) => text !== "") ? { "Forebay-Token": token } : {}),
      ...(cookies.length > 0 ? { "Set-Cookie": cookie } : {}),
    };
  }

  #payloadOnce(): Promise<Payload | undefined> {
    this.#payload ??= this.#verify();
    return this.#payload;
  }

  async #verify(): Promise<Payload | undefined> {
    const texts = [...this.#carried.header, ...this.#carried.cookies].filter((text) => text !== "");
    const payloads = await Promise.all(
      [...new Set(texts)].slice(0, MAX_TOKENS).map((text) => parseToken(text, this.#secrets, this.#now())),
    );
    const merged = mergePayloads(payloads.filter((payload) => payload !== undefined));
    return merged && boundPayload(merged);
  }
}

function add(payload: Payload, model: string, id: string, seen: Snapshot, content: string): Payload {
  const documents = new Map(payload.entries.get(model));
  const entry = { xids: [], seen, content };
  const known = documents.get(id);
  documents.set(id, known ? mergeEntries(known, entry) : entry);
  return boundPayload({ ...payload, entries: new Map(payload.entries).set(model, documents) });
}

/** A Secure cookie over plain HTTP is refused; on the developer's own machine that is what the site speaks. */
function isLoopback(url: string): boolean {
  const { protocol, hostname } = new URL(url);
  return protocol === "http:" && ["localhost", "127.0.0.1", "[::1]"].includes(hostname);
}

/** The API sets the first, the reader the second. */
const COOKIES = /(?:^|;)\s*forebay_(?:token|seen)=([\w.-]+)/g;
const MAX_TOKENS = 4;
const MIN_SECRET_CHARACTERS = 32;
