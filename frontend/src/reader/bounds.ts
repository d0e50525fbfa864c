import { type Entry, entryOf, larger, mergeEntries } from "./entry.js";
import { ALL, type Entries, type Payload, printPayload, sorted } from "./payload.js";
import { ceiling, printSnapshot } from "./snapshot.js";

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
  // Each model once: it ends, whatever is counted.
  for (const model of largestFirst(limited)) {
    if (!isTooMuch(bounded)) {
      return bounded;
    }
    const whole = new Map([[ALL, collapseEntries(entriesOf(bounded.entries.get(model)))]]);
    bounded = { ...bounded, entries: new Map(bounded.entries).set(model, whole) };
  }
  return isTooMuch(bounded) ? { ...bounded, entries: collapseEverything(bounded.entries) } : bounded;
}

function isTooMuch(payload: Payload): boolean {
  const documents = [...payload.entries.values()].reduce((sum, entries) => sum + countDocuments(entries), 0);
  return documents > MAX_DOCUMENTS || new TextEncoder().encode(printPayload(payload)).length > MAX_PAYLOAD_BYTES;
}

function countDocuments(entries: ReadonlyMap<string, Entry>): number {
  return entries.size - (entries.has(ALL) ? 1 : 0);
}

/** Returns the models that are not demanded as a whole; of equal ones the first by name comes first. */
function largestFirst(entries: Entries): string[] {
  return sorted(entries)
    .map(([model, documents]) => ({ model, count: countDocuments(documents) }))
    .filter(({ count }) => count > 0)
    .sort((one, other) => other.count - one.count)
    .map(({ model }) => model);
}

function entriesOf(documents: ReadonlyMap<string, Entry> = new Map()): Entry[] {
  return sorted(documents).map(([, entry]) => entry);
}

function collapseEverything(entries: Entries): Entries {
  const all = sorted(entries).flatMap(([, documents]) => entriesOf(documents));
  return new Map([[ALL, new Map([[ALL, collapseEntries(all)]])]]);
}

/** Keeps an entry small: what is left out is replaced by a demand for more. */
function limitEntry({ xids, seen, content }: Entry): Entry {
  const newest = xids.at(-1);
  if (newest !== undefined && xids.length > MAX_XIDS) {
    return entryOf([], ceiling(larger(newest + 1n, seen?.xmax ?? 0n)), undefined);
  }
  return seen !== undefined && printSnapshot(seen).length > MAX_SNAPSHOT_CHARACTERS
    ? entryOf(xids, { ...seen, running: [] }, content)
    : { xids, seen, content };
}

/** Returns the entry of a whole model made from those of its documents. */
function collapseEntries(entries: readonly Entry[]): Entry {
  const { xids, seen } = entries.reduce(mergeEntries);
  return limitEntry(entryOf(xids, seen && ceiling(seen.xmax), undefined));
}

const MAX_DOCUMENTS = 32;

/** As base64url with signature and name they fit in one cookie of 4,096 bytes. */
const MAX_PAYLOAD_BYTES = 2_600;
const MAX_XIDS = 16;
const MAX_SNAPSHOT_CHARACTERS = 200;
