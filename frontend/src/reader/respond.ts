import type { Reading } from "./reading.js";
import type { Session } from "./session.js";

/**
 * Caching, in one place.
 *
 * Whatever follows a document may be stored but is asked for again before each use, with its ETag: so no cache after KV
 * adds staleness, and an unchanged document costs a 304 without a body. How old KV itself may be is said at
 * KV_CACHE_TTL_SECONDS. What was read for the holder of a token is stored in no shared cache: it may be newer than what
 * others are served, and carries the token. Refusals and misses are not stored: the document may exist a second later.
 */
export const CACHE_CONTROL = {
  document: "public, no-cache",
  session: "private, no-cache",
  none: "no-store",
} as const;

/** Of every answer: a cache must not put a holder's 304, with the token, beside what it has stored for everybody. */
const VARY = "Forebay-Token, Cookie";

/** A problem of RFC 9457; `type` names the kind and is stable. */
export interface Problem {
  readonly status: number;
  readonly type: string;
  readonly title: string;
  readonly detail?: string;
}

/**
 * Answers with a document's JSON, byte for byte as KV or the API holds it: 200, 304 if the client has it, or 404.
 *
 * Headers: `ETag` from the content hash, and those of `describeReading`.
 *
 * @param session of the request, if it has one
 */
export async function respondWithDocument(request: Request, reading: Reading, session?: Session): Promise<Response> {
  const described = await describeReading(reading, session);
  if (reading.state === "found") {
    const fields = { "Content-Type": "application/json", "X-Content-Type-Options": "nosniff", ...described };
    return respondUnlessUnchanged(request, reading.json, fields, `"${reading.hash}"`);
  }
  const problem = {
    status: 404,
    type: "urn:forebay:problem:document-not-found",
    title: "There is no such document",
    detail: `${reading.freshness === "origin" ? "The database" : "Workers KV"} holds nothing under ${reading.key}.`,
  };
  return problemResponse(request, problem, described);
}

/** Header fields by name, one value each. A plain object: as Headers they would cost as much as all else here. */
export type Fields = Readonly<Record<string, string>>;

/**
 * Returns the headers that say which version of which document an answer was made from, how new it is for this client,
 * and what may be cached; for the holder of a token also the token to carry from now on.
 *
 * `Forebay-Freshness`; `Forebay-Document`, the key; and of a document that was found `Forebay-Snapshot` (`unknown` if
 * the entry has no readable metadata), `Forebay-Committed` (of its newest change) or, from the origin, `Forebay-As-Of`
 * (the moment of its snapshot), and `Forebay-Age`, whole seconds since then.
 */
export async function describeReading(reading: Reading, session?: Session): Promise<Fields> {
  const fields = { "Forebay-Freshness": reading.freshness, "Forebay-Document": reading.key, ...versionOf(reading) };
  if (session === undefined || !(await session.isHolder())) {
    return { ...fields, "Cache-Control": CACHE_CONTROL.document, Vary: VARY };
  }
  const token = await session.fields();
  return { ...fields, ...token, "Cache-Control": CACHE_CONTROL.session, Vary: VARY };
}

function versionOf(reading: Reading): Fields {
  if (reading.state === "missing") {
    return reading.version ? { "Forebay-Snapshot": reading.version.snapshot } : {};
  }
  const { metadata, ageMs, freshness } = reading;
  if (metadata === undefined || ageMs === undefined) {
    return { "Forebay-Snapshot": metadata?.snapshot ?? "unknown" };
  }
  return {
    "Forebay-Snapshot": metadata.snapshot,
    [freshness === "origin" ? "Forebay-As-Of" : "Forebay-Committed"]: metadata.committed,
    "Forebay-Age": String(Math.floor(ageMs / 1000)),
  };
}

/**
 * Answers 304 if the client's If-None-Match names the ETag, else 200; a HEAD request gets no body.
 *
 * @param fields of the answer, with `Cache-Control` and `Content-Type`
 */
export function respondUnlessUnchanged(request: Request, body: string, fields: Fields, etag: string): Response {
  if (names(request.headers.get("If-None-Match"), etag)) {
    const { "Content-Type": _, ...headers } = fields;
    return new Response(null, { status: 304, headers: { ...headers, ETag: etag } });
  }
  return new Response(request.method === "HEAD" ? null : body, { headers: { ...fields, ETag: etag } });
}

/** RFC 9110 §13.1.2: a list of ETags compared weakly (a proxy that compresses makes ours weak), or `*`. */
function names(ifNoneMatch: string | null, etag: string): boolean {
  if (ifNoneMatch === null) {
    return false;
  }
  return ifNoneMatch.trim() === "*" || [...ifNoneMatch.matchAll(/"[^"]*"/g)].some(([tag]) => tag === etag);
}

/** Answers with a problem as `application/problem+json`; it is not stored by caches. */
export function problemResponse(request: Request, problem: Problem, extraFields: Fields = {}): Response {
  return new Response(request.method === "HEAD" ? null : JSON.stringify(problem), {
    status: problem.status,
    headers: {
      ...extraFields,
      "Content-Type": "application/problem+json",
      "Cache-Control": CACHE_CONTROL.none,
      "X-Content-Type-Options": "nosniff",
    },
  });
}
