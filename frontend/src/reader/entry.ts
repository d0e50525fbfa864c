import { ceiling, printSnapshot, type Snapshot, sees, seesAllOf } from "./snapshot.js";

/** What a token demands of one document, or of a whole model. */
export interface Entry {
  /** Transactions that must be visible, ascending; those that `seen` sees are left out. */
  readonly xids: readonly bigint[];
  /** The newest snapshot served to the client; the reply must see all that it sees. */
  readonly seen: Snapshot | undefined;
  /** The content served then, see `contentMark`, or ABSENT. It counts only while `xids` is empty. */
  readonly content: string | undefined;
}

/** The content mark of a document that does not exist. */
export const ABSENT = "-";

/** What a reading offers to meet an entry with; a miss of KV has no snapshot. */
export interface Version {
  readonly snapshot: Snapshot | undefined;
  readonly content: string;
}

/**
 * Returns whether a version is new enough.
 *
 * It is if it has the content that was served last, however old it is (a write that altered no byte publishes nothing),
 * or if its snapshot sees every transaction named and everything that was seen before.
 */
export function isMetBy(entry: Entry, { snapshot, content }: Version): boolean {
  const { xids, seen } = entry;
  if (xids.length === 0 && entry.content === content) {
    return true;
  }
  return snapshot !== undefined && seesXids(snapshot, xids) && (seen === undefined || seesAllOf(snapshot, seen));
}

/**
 * Returns whether a version can be what the API read for this demand.
 *
 * A snapshot that was rounded up may demand transactions that still run. The API knows that it began to read after them;
 * here it is only seen that the version is not from before.
 */
export function canBeReadFor(entry: Entry, version: Version): boolean {
  const { xids, seen } = entry;
  const { snapshot } = version;
  if (isMetBy(entry, version)) {
    return true;
  }
  return (
    snapshot !== undefined &&
    seesXids(snapshot, xids) &&
    (seen === undefined || (seen.running.length === 0 && seen.xmax <= snapshot.xmax))
  );
}

function seesXids(snapshot: Snapshot, xids: readonly bigint[]): boolean {
  return xids.every((xid) => sees(snapshot, xid));
}

/**
 * Returns an entry without the transactions that are seen.
 *
 * The content was read in `seen`, or, where that was rounded up, in a snapshot of which only what is below `xmin` is
 * known. So it stays only if that, too, sees each transaction that is left out: this errs towards stale.
 */
export function entryOf(xids: Iterable<bigint>, seen: Snapshot | undefined, content: string | undefined): Entry {
  const ascending = [...new Set(xids)].sort((a, b) => (a < b ? -1 : 1));
  if (seen === undefined) {
    return { xids: ascending, seen, content };
  }
  const dropped = ascending.filter((xid) => sees(seen, xid));
  return {
    xids: ascending.filter((xid) => !sees(seen, xid)),
    seen,
    content: seesXids(surely(seen), dropped) ? content : undefined,
  };
}

/** What the snapshot in which content was read has seen for certain. */
function surely(seen: Snapshot): Snapshot {
  return seen.running.length > 0 ? seen : ceiling(seen.xmin);
}

/** Returns the entry that demands what both demand, and where they cannot be compared a little more. */
export function mergeEntries(a: Entry, b: Entry): Entry {
  const xids = [...a.xids, ...b.xids];
  if (a.seen === undefined || b.seen === undefined) {
    return a.seen === undefined ? entryOf(xids, b.seen, b.content) : entryOf(xids, a.seen, a.content);
  }
  if (printSnapshot(a.seen) === printSnapshot(b.seen)) {
    return entryOf(xids, a.seen, contentOfBoth(a.seen, a.content, b.content));
  }
  if (isNewer(a.seen, b.seen)) {
    return entryOf(xids, a.seen, seesAllOf(surely(a.seen), b.seen) ? a.content : undefined);
  }
  if (isNewer(b.seen, a.seen)) {
    return entryOf(xids, b.seen, seesAllOf(surely(b.seen), a.seen) ? b.content : undefined);
  }
  return entryOf(xids, ceiling(larger(a.seen.xmax, b.seen.xmax)), undefined);
}

/** Two that were rounded up to the same may have been two: then what one does not say, the other does not either. */
function contentOfBoth(seen: Snapshot, a: string | undefined, b: string | undefined): string | undefined {
  if (a !== undefined && b !== undefined) {
    return a === b ? a : undefined;
  }
  return seen.running.length > 0 || seen.xmin === seen.xmax ? (a ?? b) : undefined;
}

/** Of two that see the same the one with the larger xmin is newer, whichever comes first. */
function isNewer(one: Snapshot, other: Snapshot): boolean {
  return seesAllOf(one, other) && (!seesAllOf(other, one) || one.xmin > other.xmin);
}

/** Returns the larger one of two ids. */
export function larger(a: bigint, b: bigint): bigint {
  return a > b ? a : b;
}
