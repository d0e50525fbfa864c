import { documentKey } from "./key.js";
import { type Metadata, parseMetadata } from "./metadata.js";

/** The part of a Workers KV binding that reading needs. */
export interface KvNamespace {
  getWithMetadata(
    key: string,
    options: { type: "text"; cacheTtl: number },
  ): Promise<{ value: string | null; metadata: unknown }>;
}

/** What createReader needs from the environment of a Pages Function or a Worker. */
export interface ReaderEnv {
  readonly DOCUMENTS: KvNamespace;
}

export interface ReaderOptions<Model extends string> {
  /** The key template of each model in forebay.yaml; empty for a singleton. */
  readonly models: Readonly<Record<Model, string>>;
  /** What stands before every key when the instance has a name of its own, for example `preview.`. */
  readonly prefix?: string;
  /** The time in milliseconds since 1970; for tests. */
  readonly now?: () => number;
}

/** A document as KV holds it. */
export interface Found {
  readonly state: "found";
  /** Without the prefix, for example `article:hello`. */
  readonly key: string;
  /** Canonical JSON; valid as it stands, so a route that only passes it on need not parse it. */
  readonly json: string;
  /** SHA-256 of `json`, lower-case hexadecimal. */
  readonly hash: string;
  /** Undefined if the entry carries none that can be read. */
  readonly metadata: Metadata | undefined;
  /** Since the commit of its newest change, never negative; an old document is not a stale one. */
  readonly ageMs: number | undefined;
}

/** No such document, as far as this KV location knows: locations cache misses as long as hits. */
export interface Missing {
  readonly state: "missing";
  readonly key: string;
}

export type Reading = Found | Missing;

export interface Reader<Model extends string> {
  /**
   * Reads one document from KV, and nothing else: never the database.
   *
   * @param values the document's key values in the template's order, not encoded
   * @throws RangeError if the number of values is wrong or one is no Unicode text
   * @throws what KV throws when it is not available: answer 503
   */
  get(model: Model, ...values: string[]): Promise<Reading>;
}

/**
 * How long a KV location may serve its copy without asking again, in seconds. 30 is the least that KV accepts; with it
 * a reader sees a change at most about 30 s after KV has it everywhere.
 */
export const KV_CACHE_TTL_SECONDS = 30;

/** KV refuses longer keys, counted in bytes; ours are ASCII apart from the model's name. */
const MAX_KEY_BYTES = 512;

/** Creates a reader over one namespace. It holds no state: make one per request. */
export function createReader<Model extends string>(env: ReaderEnv, options: ReaderOptions<Model>): Reader<Model> {
  const { models, prefix = "", now = Date.now } = options;
  return {
    async get(model, ...values) {
      const key = documentKey(model, models[model], values);
      const stored = `${prefix}${key}`;
      if (new TextEncoder().encode(stored).length > MAX_KEY_BYTES) {
        return { state: "missing", key };
      }
      const entry = await env.DOCUMENTS.getWithMetadata(stored, { type: "text", cacheTtl: KV_CACHE_TTL_SECONDS });
      return entry.value === null ? { state: "missing", key } : found(key, entry.value, entry.metadata, now());
    },
  };
}

async function found(key: string, json: string, rawMetadata: unknown, now: number): Promise<Found> {
  const metadata = parseMetadata(rawMetadata);
  return {
    state: "found",
    key,
    json,
    hash: metadata?.hash ?? (await sha256(json)),
    metadata,
    // The clocks of the database and of the edge may differ a little.
    ageMs: metadata && Math.max(0, now - Date.parse(metadata.committed)),
  };
}

/** Returns the SHA-256 of a text's UTF-8 bytes in lower-case hexadecimal. */
export async function sha256(text: string): Promise<string> {
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text));
  return Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, "0")).join("");
}
