import { type Entry, entryOf, mergeEntries } from "./entry.js";
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

/**
 * Returns the union of tokens of one client: those of the history that lives longest, of equal ones the last by code
 * unit; undefined if there are none.
 */
export function mergePayloads(payloads: readonly Payload[]): Payload | undefined {
  const [newest] = payloads.toSorted((a, b) => b.expires - a.expires || (a.history > b.history ? -1 : 1));
  if (newest === undefined) {
    return undefined;
  }
  const all = payloads.filter(({ history }) => history === newest.history).map(({ entries }) => entries);
  return { ...newest, entries: all.reduce(mergeAll) };
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
export function sorted<V>(map: ReadonlyMap<string, V>): [string, V][] {
  return [...map].sort(([a], [b]) => (a < b ? -1 : 1));
}

/**
 * Reads the JSON of a payload; undefined if it is none. Lenient in what its caller finds by printing it again: spaces,
 * order, and members that are unknown or come twice.
 */
export function parsePayload(json: string): Payload | undefined {
  try {
    const { h, e, d } = members(JSON.parse(json));
    const entries = new Map(
      Object.entries(members(d)).map(([model, documents]) => [model, parseModel(model, documents)]),
    );
    check(typeof h === "string" && HISTORY.test(h) && isSecond(e));
    return { history: h, expires: e, entries };
  } catch (error) {
    if (error instanceof SyntaxError) {
      return undefined;
    }
    throw error;
  }
}

function isSecond(value: unknown): value is number {
  return typeof value === "number" && Number.isInteger(value) && value >= 1 && value <= MAX_EXPIRES;
}

function parseModel(model: string, documents: unknown): Map<string, Entry> {
  const entries = Object.entries(members(documents));
  check(entries.length > 0 && (model === ALL || MODEL.test(model)));
  return new Map(
    entries.map(([id, value]) => {
      const entry = parseEntry(value);
      check(id === ALL ? entry.content === undefined : model !== ALL && ID.test(id));
      return [id, entry];
    }),
  );
}

function parseEntry(value: unknown): Entry {
  const { x, s, c } = members(value);
  const xids = Array.isArray(x) ? x.map((xid) => (typeof xid === "string" ? parseXid(xid) : undefined)) : [];
  const known = xids.filter((xid) => xid !== undefined);
  const seen = typeof s === "string" ? parseSnapshot(s) : undefined;
  const content = typeof c === "string" && CONTENT.test(c) ? c : undefined;
  check((x === undefined) === (known.length === 0) && known.length === xids.length);
  check((s === undefined) === (seen === undefined) && (c === undefined) === (content === undefined));
  check(seen !== undefined || (known.length > 0 && content === undefined));
  return entryOf(known, seen, content);
}

function check(holds: boolean): asserts holds {
  if (!holds) {
    throw new SyntaxError("no payload of a token");
  }
}

function members(value: unknown): { readonly [name: string]: unknown } {
  check(isObject(value));
  return value;
}

function isObject(value: unknown): value is { readonly [name: string]: unknown } {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

const HISTORY = /^[A-Za-z0-9._-]{1,100}$/;
const MODEL = /^[a-z][a-z0-9_]{0,39}$/;
const ID = /^[\w-]{11}$/;
const CONTENT = /^([\w-]{22}|-)$/;
const MAX_EXPIRES = 999_999_999_999;
