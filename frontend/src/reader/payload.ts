import { collapseEntries, type Entry, limitEntry, mergeEntries } from "./entry.js";
import { parseSnapshot, parseXid, printSnapshot } from "./snapshot.js";

/** What a token says. */
export interface Payload {
  /** Which history of the database the transactions belong to. */
  readonly history: string;
  /** In seconds since 1970. */
  readonly expires: number;
  /** By model and document id; `*` instead of an id is every document, model `*` every model. */
  readonly entries: Entries;
}

export type Entries = ReadonlyMap<string, ReadonlyMap<string, Entry>>;

export const ALL = "*";

/** Returns everything that is demanded of one document; undefined if that is nothing. */
export function requirementOf({ entries }: Payload, model: string, id: string): Entry | undefined {
  const named = [entries.get(model)?.get(id), entries.get(model)?.get(ALL), entries.get(ALL)?.get(ALL)];
  const demands = named.filter((entry) => entry !== undefined);
  return demands.length === 0 ? undefined : demands.reduce(mergeEntries);
}

/** Returns the union of tokens of one client: of the history that lives longest; undefined if there are none. */
export function mergePayloads(payloads: readonly Payload[]): Payload | undefined {
  const [newest] = payloads.toSorted((a, b) => b.expires - a.expires);
  return payloads
    .filter(({ history }) => history === newest?.history)
    .reduce<Payload | undefined>(
      (all, { entries }) => newest && { ...newest, entries: mergeAll(all?.entries ?? new Map(), entries) },
      undefined,
    );
}

function mergeAll(a: Entries, b: Entries): Entries {
  const merged = new Map(a);
  for (const [model, entries] of b) {
    const documents = new Map(merged.get(model));
    for (const [id, entry] of entries) {
      const other = documents.get(id);
      documents.set(id, other ? mergeEntries(other, entry) : entry);
    }
    merged.set(model, documents);
  }
  return merged;
}

/**
 * Keeps a payload within the limits of a token: while there is too much, the model with most documents becomes one
 * demand on all of its documents, and when all have, one demand on everything.
 */
export function boundPayload(payload: Payload): Payload {
  const limited = new Map<string, ReadonlyMap<string, Entry>>();
  for (const [model, entries] of payload.entries) {
    limited.set(model, new Map([...entries].map(([id, entry]) => [id, limitEntry(entry)])));
  }
  let bounded: Payload = { ...payload, entries: limited };
  while (isTooMuch(bounded)) {
    const model = largestModel(bounded.entries);
    if (model === undefined) {
      return { ...bounded, entries: collapseEverything(bounded.entries) };
    }
    const whole = new Map([[ALL, collapseEntries([...(bounded.entries.get(model)?.values() ?? [])])]]);
    bounded = { ...bounded, entries: new Map(bounded.entries).set(model, whole) };
  }
  return bounded;
}

function isTooMuch(payload: Payload): boolean {
  const documents = [...payload.entries.values()].reduce((sum, entries) => sum + countDocuments(entries), 0);
  return documents > MAX_DOCUMENTS || new TextEncoder().encode(printPayload(payload)).length > MAX_PAYLOAD_BYTES;
}

function countDocuments(entries: ReadonlyMap<string, Entry>): number {
  return entries.size - (entries.has(ALL) ? 1 : 0);
}

function largestModel(entries: Entries): string | undefined {
  let [largest, most]: [string | undefined, number] = [undefined, 0];
  for (const [model, documents] of sorted(entries)) {
    const count = countDocuments(documents);
    if (count > most) {
      [largest, most] = [model, count];
    }
  }
  return largest;
}

function collapseEverything(entries: Entries): Entries {
  const all = [...entries.values()].flatMap((documents) => [...documents.values()]);
  return new Map([[ALL, new Map([[ALL, collapseEntries(all)]])]]);
}

/** Returns the JSON of a payload; equal payloads are equal texts. */
export function printPayload({ history, expires, entries }: Payload): string {
  const models = sorted(entries).map(([model, documents]) => {
    const printed = sorted(documents).map(([id, entry]) => `${JSON.stringify(id)}:${printEntry(entry)}`);
    return `${JSON.stringify(model)}:{${printed.join(",")}}`;
  });
  return `{"h":${JSON.stringify(history)},"e":${expires},"d":{${models.join(",")}}}`;
}

function printEntry({ xids, seen, content }: Entry): string {
  return JSON.stringify({
    x: xids.length === 0 ? undefined : xids.map(String),
    s: seen && printSnapshot(seen),
    c: content,
  });
}

/** By code unit, as Java sorts. */
function sorted<V>(map: ReadonlyMap<string, V>): [string, V][] {
  return [...map].sort(([a], [b]) => (a < b ? -1 : 1));
}

/** Reads the JSON of a payload; undefined if it is none. */
export function parsePayload(json: string): Payload | undefined {
  try {
    const { h, e, d } = members(JSON.parse(json));
    if (typeof h !== "string" || typeof e !== "number" || !Number.isSafeInteger(e)) {
      return undefined;
    }
    const models = Object.entries(members(d)).map(([model, documents]): [string, Map<string, Entry>] => [
      model,
      new Map(Object.entries(members(documents)).map(([id, entry]) => [id, parseEntry(entry)])),
    ]);
    return { history: h, expires: e, entries: new Map(models) };
  } catch (error) {
    if (error instanceof SyntaxError) {
      return undefined;
    }
    throw error;
  }
}

function parseEntry(value: unknown): Entry {
  const { x = [], s, c } = members(value);
  const xids = Array.isArray(x) ? x.map((xid) => (typeof xid === "string" ? parseXid(xid) : undefined)) : [undefined];
  const known = xids.filter((xid) => xid !== undefined);
  const seen = typeof s === "string" ? parseSnapshot(s) : undefined;
  const readable =
    known.length === xids.length &&
    (s === undefined) === (seen === undefined) &&
    (c === undefined || (typeof c === "string" && seen !== undefined));
  if (!readable || (known.length === 0 && seen === undefined)) {
    throw new SyntaxError("no entry of a token");
  }
  return { xids: known, seen, content: typeof c === "string" ? c : undefined };
}

function members(value: unknown): { readonly [name: string]: unknown } {
  if (!isObject(value)) {
    throw new SyntaxError("no JSON object");
  }
  return value;
}

function isObject(value: unknown): value is { readonly [name: string]: unknown } {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

const MAX_DOCUMENTS = 32;

/** As base64url with signature and name they fit in one cookie of 4,096 bytes. */
const MAX_PAYLOAD_BYTES = 2_600;
