import { ceiling, printSnapshot, type Snapshot, sees, seesAllOf } from "./snapshot.js";

/** What a token demands of one document, or of a whole model. */
export interface Entry {
  /** Transactions that must be visible, ascending. */
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
  if (entry.xids.length === 0 && entry.content === content) {
    return true;
  }
  return (
    snapshot !== undefined &&
    entry.xids.every((xid) => sees(snapshot, xid)) &&
    (entry.seen === undefined || seesAllOf(snapshot, entry.seen))
  );
}

/** Returns the entry that demands what both demand. */
export function mergeEntries(a: Entry, b: Entry): Entry {
  const { seen, content } = newer(a, b);
  const xids = [...new Set([...a.xids, ...b.xids])].filter((xid) => seen === undefined || !sees(seen, xid));
  return { xids: xids.sort((x, y) => (x < y ? -1 : 1)), seen, content };
}

function newer(a: Entry, b: Entry): { seen: Snapshot | undefined; content: string | undefined } {
  if (a.seen === undefined || b.seen === undefined) {
    return a.seen === undefined ? b : a;
  }
  const aSeesAll = seesAllOf(a.seen, b.seen);
  const bSeesAll = seesAllOf(b.seen, a.seen);
  if (aSeesAll && bSeesAll) {
    const differ = a.content !== undefined && b.content !== undefined && a.content !== b.content;
    return { seen: a.seen, content: differ ? undefined : (a.content ?? b.content) };
  }
  if (aSeesAll || bSeesAll) {
    return aSeesAll ? a : b;
  }
  return { seen: ceiling(a.seen.xmax > b.seen.xmax ? a.seen.xmax : b.seen.xmax), content: undefined };
}

/** Keeps an entry small: what is left out is replaced by a demand for more. */
export function limitEntry(entry: Entry): Entry {
  let { xids, seen, content } = entry;
  if (seen !== undefined && printSnapshot(seen).length > MAX_SNAPSHOT_CHARACTERS) {
    seen = ceiling(seen.xmax);
    xids = xids.filter((xid) => xid >= (seen?.xmax ?? 0n));
  }
  const newest = xids.at(-1);
  if (newest === undefined || xids.length <= MAX_XIDS) {
    return { xids, seen, content };
  }
  return mergeEntries({ xids, seen, content }, { xids: [], seen: ceiling(newest + 1n), content: undefined });
}

/** Returns the entry of a whole model made from those of its documents. */
export function collapseEntries(entries: readonly Entry[]): Entry {
  const all = entries.reduce(mergeEntries);
  return limitEntry({
    xids: all.xids.filter((xid) => all.seen === undefined || xid >= all.seen.xmax),
    seen: all.seen && ceiling(all.seen.xmax),
    content: undefined,
  });
}

const MAX_XIDS = 16;
const MAX_SNAPSHOT_CHARACTERS = 200;
