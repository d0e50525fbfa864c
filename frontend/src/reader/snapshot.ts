/** A PostgreSQL snapshot: which transactions a version of a document contains. The Java side has the same rules. */
export interface Snapshot {
  /** Every transaction below is visible, or was rolled back. */
  readonly xmin: bigint;
  /** The first id that was not yet assigned: it and all above are invisible. */
  readonly xmax: bigint;
  /** Those between that were still running. */
  readonly running: readonly bigint[];
}

/** Reads PostgreSQL's text form, `xmin:xmax:xip,xip…`; undefined if the text is no snapshot. */
export function parseSnapshot(text: string): Snapshot | undefined {
  const [, xmin = "", xmax = "", list = ""] = SNAPSHOT.exec(text) ?? [];
  const ids = [xmin, xmax, ...(list === "" ? [] : list.split(","))].map(parseXid);
  const [low, high, ...running] = ids.filter((id) => id !== undefined);
  return low === undefined || high === undefined || running.length + 2 !== ids.length
    ? undefined
    : { xmin: low, xmax: high, running };
}

/** Reads a transaction id, which has 64 bits and more than a number holds; undefined if the text is none. */
export function parseXid(text: string): bigint | undefined {
  const xid = /^\d{1,19}$/.test(text) ? BigInt(text) : undefined;
  return xid !== undefined && xid <= MAX_XID ? xid : undefined;
}

/** Returns PostgreSQL's text form. */
export function printSnapshot({ xmin, xmax, running }: Snapshot): string {
  return `${xmin}:${xmax}:${running.join(",")}`;
}

/** Returns whether the effects of the (committed) transaction are in the snapshot. */
export function sees({ xmin, xmax, running }: Snapshot, xid: bigint): boolean {
  return xid < xmin || (xid < xmax && !running.includes(xid));
}

/** Returns whether the snapshot sees everything that the other one sees. */
export function seesAllOf(snapshot: Snapshot, other: Snapshot): boolean {
  return other.xmax <= snapshot.xmax && !snapshot.running.some((xid) => sees(other, xid));
}

/** Returns the snapshot that sees every transaction below `xmax`: as a demand it asks for more, never for less. */
export function ceiling(xmax: bigint): Snapshot {
  return { xmin: xmax, xmax, running: [] };
}

const SNAPSHOT = /^(\d+):(\d+):((?:\d+(?:,\d+)*)?)$/;

/** Java keeps ids in a signed 64-bit number; PostgreSQL will not come near its end. */
const MAX_XID = 2n ** 63n - 1n;
