import type { Metadata } from "./metadata.js";

/**
 * How new a reply is for the client that asked:
 *
 * - `unconstrained`: the client carries no token, or none that names this document; KV's version, whichever it is;
 * - `fresh`: KV's version, and it has all that the client wrote and was served;
 * - `origin`: read from the database through the API, because KV is behind what the client wrote or was served;
 * - `stale`: KV's version, behind that, because the API did not answer in time.
 */
export type Freshness = "fresh" | "origin" | "stale" | "unconstrained";

interface Served {
  /** Without the prefix, for example `article:hello`. */
  readonly key: string;
  readonly freshness: Freshness;
  /** Of a stale reading: why the origin did not help, for the log. */
  readonly staleBecause?: string;
}

/** A document, as KV holds it or as the API built it. */
export interface Found<Document = unknown> extends Served {
  readonly state: "found";
  /** Canonical JSON; valid as it stands, so a route that only passes it on need not parse it. */
  readonly json: string;
  /** SHA-256 of `json`, lower-case hexadecimal. */
  readonly hash: string;
  /**
   * Undefined if the entry carries none that can be read. Where the document comes from the origin, `committed` is the
   * moment of its snapshot: nothing newer was committed then.
   */
  readonly metadata: Metadata | undefined;
  /** Since `metadata.committed`, never negative; an old document is not a stale one. */
  readonly ageMs: number | undefined;
  /** The document's type, for `parseDocument`; there is no such member. */
  readonly [TYPE]?: Document;
}

/**
 * No such document, as far as the KV location knows (locations cache misses as long as hits), or as the database says
 * where the freshness is `origin`.
 */
export interface Missing extends Served {
  readonly state: "missing";
  /** The snapshot in which the origin found none; KV knows none. */
  readonly version?: { readonly snapshot: string; readonly history: string };
}

export type Reading<Document = unknown> = Found<Document> | Missing;

declare const TYPE: unique symbol;

/**
 * Parses a document's JSON as the type that `forebay types` declared. Nothing is checked: where KV may hold documents
 * of another forebay.yaml than the code was written for, decode `json` instead.
 */
export function parseDocument<Document>(found: Found<Document>): Document {
  return JSON.parse(found.json);
}
