import { isMetBy } from "./entry.js";
import { documentKey } from "./key.js";
import { type Metadata, parseMetadata } from "./metadata.js";
import { OriginError, type OriginOptions, readOrigin } from "./origin.js";
import type { Freshness, Reading } from "./reading.js";
import type { Requirement, Session } from "./session.js";
import { sha256 } from "./signing.js";
import { parseSnapshot } from "./snapshot.js";
import { contentMark } from "./token.js";

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
  readonly prefix?: string | undefined;
  /** The time in milliseconds since 1970; for tests. */
  readonly now?: () => number;
  /** Of the request, from `openSession`; without one every reading is unconstrained. */
  readonly session?: Session | undefined;
  /** Where a session's documents come from when KV is behind; without one they are stale then. */
  readonly origin?: OriginOptions | undefined;
}

/** The key values of each model, when `forebay types` has not said more. */
export type AnyKeys<Documents> = Readonly<Record<keyof Documents, string[]>>;

/** Reads documents; both type arguments are what `forebay types` prints. */
export interface Reader<Documents, Keys extends AnyKeys<Documents> = AnyKeys<Documents>> {
  /**
   * Reads one document: from KV, and only if KV's version lacks what the session must see, from the origin.
   *
   * Equal reads that run at the same time are one read.
   *
   * @param values the document's key values in the template's order, not encoded
   * @throws RangeError if the model is unknown, the number of values is wrong or one is no Unicode text
   * @throws what KV throws when it is not available, and the origin did not help either: answer 503
   */
  get<M extends keyof Documents & string>(model: M, ...values: Keys[M]): Promise<Reading<Documents[M]>>;

  /** Reads several documents of one model at the same time, and returns them in the order of their keys. */
  getMany<M extends keyof Documents & string>(
    model: M,
    keys: readonly Readonly<Keys[M]>[],
  ): Promise<Reading<Documents[M]>[]>;
}

/**
 * How long a KV location may serve its copy without asking again, in seconds. 30 is the least that KV accepts; with it
 * a reader sees a change at most about 30 s after KV has it everywhere.
 */
export const KV_CACHE_TTL_SECONDS = 30;

/** KV refuses longer keys, counted in bytes. */
const MAX_KEY_BYTES = 512;

/**
 * Creates a reader over one namespace. Make one per request: it remembers which reads are under way and whether the
 * origin failed, and Workers forbid that requests share such things.
 *
 * `createReader<Documents, DocumentKeys>(env, options)` knows key values and documents by model.
 */
export function createReader<Model extends string>(
  env: ReaderEnv,
  options: ReaderOptions<Model>,
): Reader<Record<Model, unknown>>;
export function createReader<Documents extends object, Keys extends AnyKeys<Documents>>(
  env: ReaderEnv,
  options: ReaderOptions<keyof Documents & string>,
): Reader<Documents, Keys>;
export function createReader(env: ReaderEnv, options: ReaderOptions<string>): Reader<Record<string, unknown>> {
  const reads = new DocumentReads(env.DOCUMENTS, options);
  return {
    get: (model, ...values) => reads.read(model, values),
    getMany: (model, keys) => Promise.all(keys.map((values) => reads.read(model, values))),
  };
}

/** One document, as everything below names it. */
interface Asked {
  readonly model: string;
  readonly key: string;
  /** The key in KV, with the prefix. */
  readonly kvKey: string;
}

class DocumentReads {
  private readonly underWay = new Map<string, { revision: number; reading: Promise<Reading> }>();
  private outage: OriginError | undefined;

  constructor(
    private readonly kv: KvNamespace,
    private readonly options: ReaderOptions<string>,
  ) {}

  async read(model: string, values: readonly string[]): Promise<Reading> {
    const template = this.options.models[model];
    if (template === undefined) {
      throw new RangeError(`there is no model ${model}`);
    }
    const key = documentKey(model, template, values);
    const kvKey = `${this.options.prefix ?? ""}${key}`;
    const revision = this.options.session?.revision ?? 0;
    const other = this.underWay.get(kvKey);
    if (other?.revision === revision) {
      return other.reading;
    }
    const reading = this.readOnce({ model, key, kvKey });
    this.underWay.set(kvKey, { revision, reading });
    try {
      return await reading;
    } finally {
      if (this.underWay.get(kvKey)?.reading === reading) {
        this.underWay.delete(kvKey);
      }
    }
  }

  private readOnce(asked: Asked): Promise<Reading> {
    const { session } = this.options;
    return session === undefined ? this.readKv(asked) : this.readFor(session, asked);
  }

  /** KV first, always; the tokens are verified meanwhile. */
  private async readFor(session: Session, asked: Asked): Promise<Reading> {
    const [kv, requirement] = await Promise.all([
      this.readKv(asked).catch((error: unknown) => new KvFailure(error)),
      session.requirement(asked.model, asked.kvKey),
    ]);
    let reading: Reading;
    if (!(kv instanceof KvFailure) && (requirement === undefined || meets(requirement, kv))) {
      reading = requirement === undefined ? kv : labelled(kv, "fresh");
    } else {
      reading = await this.readOriginOr(kv, session, asked, requirement);
    }
    await remember(session, asked, reading);
    return reading;
  }

  private async readOriginOr(
    kv: Reading | KvFailure,
    session: Session,
    asked: Asked,
    requirement: Requirement | undefined,
  ): Promise<Reading> {
    const { origin, models, now = Date.now } = this.options;
    const token = await session.token();
    let failure = this.outage;
    if (token !== undefined && origin !== undefined && failure === undefined) {
      try {
        const edge = await session.edgeSignature(asked.kvKey);
        const question = { ...asked, singleton: models[asked.model] === "", edge, token, requirement };
        return await readOrigin(origin, question, now);
      } catch (error) {
        if (!(error instanceof OriginError)) {
          throw error;
        }
        failure = error;
        // Whoever reads several documents waits for a silent origin once.
        this.outage ??= error.isOutage ? error : undefined;
      }
    }
    if (kv instanceof KvFailure) {
      throw kv.error;
    }
    return { ...labelled(kv, "stale"), staleBecause: failure?.message ?? "no origin is set" };
  }

  private async readKv({ key, kvKey }: Asked): Promise<Reading> {
    if (isTooLong(kvKey)) {
      return { state: "missing", key, freshness: "unconstrained" };
    }
    const entry = await this.kv.getWithMetadata(kvKey, { type: "text", cacheTtl: KV_CACHE_TTL_SECONDS });
    if (entry.value === null) {
      return { state: "missing", key, freshness: "unconstrained" };
    }
    const metadata = parseMetadata(entry.metadata);
    return {
      state: "found",
      key,
      freshness: "unconstrained",
      json: entry.value,
      hash: metadata?.hash ?? (await sha256(entry.value)),
      metadata,
      // The clocks of the database and of the edge may differ a little.
      ageMs: metadata && Math.max(0, (this.options.now ?? Date.now)() - Date.parse(metadata.committed)),
    };
  }
}

class KvFailure {
  constructor(readonly error: unknown) {}
}

/** No character takes more than three bytes per unit, so most keys need not be encoded to be measured. */
function isTooLong(kvKey: string): boolean {
  return kvKey.length * 3 > MAX_KEY_BYTES && new TextEncoder().encode(kvKey).length > MAX_KEY_BYTES;
}

function labelled(reading: Reading, freshness: Freshness): Reading {
  return { ...reading, freshness };
}

/** A miss of KV says neither snapshot nor history: only what was absent when it was last served may be so again. */
function meets(requirement: Requirement, reading: Reading): boolean {
  if (reading.state === "missing") {
    return isMetBy(requirement, { snapshot: undefined, content: contentMark(undefined) });
  }
  const { metadata, hash } = reading;
  return (
    metadata !== undefined &&
    metadata.history === requirement.history &&
    isMetBy(requirement, { snapshot: parseSnapshot(metadata.snapshot), content: contentMark(hash) })
  );
}

async function remember(session: Session, { model, kvKey }: Asked, reading: Reading): Promise<void> {
  if (reading.state === "found" && reading.metadata !== undefined) {
    const { metadata, hash } = reading;
    await session.saw(model, kvKey, { snapshot: seenAtMost(metadata), history: metadata.history, hash });
  } else if (reading.state === "missing" && reading.version !== undefined) {
    await session.saw(model, kvKey, { ...reading.version, hash: undefined });
  }
}

/** A shorter snapshot names less than was served: what must not be gone back behind is rounded up instead. */
function seenAtMost({ snapshot, xmax }: Metadata): string {
  return xmax === undefined ? snapshot : `${snapshot.slice(0, snapshot.indexOf(":"))}:${xmax}:`;
}
