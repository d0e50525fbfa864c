/** A PostgreSQL snapshot: which transactions a version of a document contains. The Java side has the same rules. */
export interface Snapshot {
  /** Every transaction below is visible, or was rolled back. */
  readonly xmin: bigint;
  /** The first id that was not yet assigned: it and all above are invisible. */
  readonly xmax: bigint;
  /** Those between that were still running. */
  readonly running: readonly bigint[];
}

/** Reads PostgreSQL's text form, `xmin:xmax:xip,xip…`; undefined if PostgreSQL would not have written the text. */
export function parseSnapshot(text: string): Snapshot | undefined {
  const [low = "", high = "", list, ...more] = text.split(":");
  const [xmin, xmax] = [parseId(low), parseId(high)];
  if (xmin === undefined || xmax === undefined || xmin > xmax || list === undefined || more.length > 0) {
    return undefined;
  }
  const running = list === "" ? [] : list.split(",").map(parseId);
  let least = xmin;
  for (const xid of running) {
    if (xid === undefined || xid < least || xid >= xmax) {
      return undefined;
    }
    least = xid + 1n;
  }
  return { xmin, xmax, running: running.filter((xid) => xid !== undefined) };
}

/** Reads a transaction id, which has 64 bits and more than a number holds; undefined if the text is none. */
export function parseXid(text: string): bigint | undefined {
  const xid = parseId(text);
  return xid !== undefined && xid < MAX_ID ? xid : undefined;
}

function parseId(text: string): bigint | undefined {
  const id = /^[1-9]\d{0,18}$/.test(text) ? BigInt(text) : undefined;
  return id !== undefined && id <= MAX_ID ? id : undefined;
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

/** Java keeps ids in a signed 64-bit number; above each xid a ceiling must fit. */
const MAX_ID = 2n ** 63n - 1n;
