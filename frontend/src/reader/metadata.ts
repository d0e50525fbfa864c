/** What the sync worker stores beside a document; the golden file metadata.json owns the form. */
export interface Metadata {
  /** The PostgreSQL snapshot in which the document was built, `xmin:xmax:xip,xip…`. */
  readonly snapshot: string;
  /** SHA-256 of the document's text in UTF-8, lower-case hexadecimal. */
  readonly hash: string;
  /** When the newest change known to the document was committed, ISO 8601 UTC with milliseconds. */
  readonly committed: string;
  /** Which history of the database the snapshot belongs to. */
  readonly history: string;
  /**
   * Where `snapshot` is a shorter one, because it did not fit: the first id that the document can have nothing of. What
   * lies between was seen in part.
   */
  readonly xmax?: string;
}

/**
 * Reads the metadata of a KV entry. Members that are not known here are ignored, so that the worker may add some.
 *
 * @returns undefined if there is none or it is not the worker's: the document is served all the same, without a version
 */
export function parseMetadata(value: unknown): Metadata | undefined {
  return isMetadata(value)
    ? {
        snapshot: value.snapshot,
        hash: value.hash,
        committed: value.committed,
        history: value.history,
        ...(value.xmax === undefined ? {} : { xmax: value.xmax }),
      }
    : undefined;
}

function isMetadata(value: unknown): value is Metadata {
  return (
    typeof value === "object" &&
    value !== null &&
    "snapshot" in value &&
    isText(value.snapshot, SNAPSHOT) &&
    "hash" in value &&
    isText(value.hash, HASH) &&
    "committed" in value &&
    isText(value.committed, INSTANT) &&
    !Number.isNaN(Date.parse(value.committed)) &&
    "history" in value &&
    typeof value.history === "string" &&
    (!("xmax" in value) || isText(value.xmax, XID))
  );
}

const SNAPSHOT = /^\d+:\d+:(\d+(,\d+)*)?$/;
const XID = /^\d+$/;
const HASH = /^[0-9a-f]{64}$/;
const INSTANT = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?Z$/;

function isText(value: unknown, pattern: RegExp): value is string {
  return typeof value === "string" && pattern.test(value);
}
