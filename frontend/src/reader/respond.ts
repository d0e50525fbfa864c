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
  const headers = new Headers({ "Content-Type": "application/json", "X-Content-Type-Options": "nosniff" });
  await describeReading(headers, reading, session);
  if (reading.state === "found") {
    return respondUnlessUnchanged(request, reading.json, headers, `"${reading.hash}"`);
  }
  const problem = {
    status: 404,
    type: "urn:forebay:problem:document-not-found",
    title: "There is no such document",
    detail: `${reading.freshness === "origin" ? "The database" : "Workers KV"} holds nothing under ${reading.key}.`,
  };
  return problemResponse(request, problem, headers);
}

/**
 * Sets the headers that say which version of which document an answer was made from, how new it is for this client, and
 * what may be cached; for the holder of a token also the token to carry from now on.
 *
 * `Forebay-Freshness`; `Forebay-Document`, the key; and of a document that was found `Forebay-Snapshot` (`unknown` if
 * the entry has no readable metadata), `Forebay-Committed` (of its newest change) or, from the origin, `Forebay-As-Of`
 * (the moment of its snapshot), and `Forebay-Age`, whole seconds since then.
 */
export async function describeReading(headers: Headers, reading: Reading, session?: Session): Promise<void> {
  headers.set("Forebay-Freshness", reading.freshness);
  headers.set("Forebay-Document", reading.key);
  headers.set("Cache-Control", CACHE_CONTROL.document);
  if (reading.state === "found") {
    headers.set("Forebay-Snapshot", reading.metadata?.snapshot ?? "unknown");
    if (reading.metadata && reading.ageMs !== undefined) {
      headers.set(reading.freshness === "origin" ? "Forebay-As-Of" : "Forebay-Committed", reading.metadata.committed);
      headers.set("Forebay-Age", String(Math.floor(reading.ageMs / 1000)));
    }
  } else if (reading.version) {
    headers.set("Forebay-Snapshot", reading.version.snapshot);
  }
  if (session && (await session.isHolder())) {
    headers.set("Cache-Control", CACHE_CONTROL.session);
    headers.append("Vary", "Forebay-Token, Cookie");
    await session.writeTo(headers);
  }
}

/**
 * Answers 304 if the client's If-None-Match names the ETag, else 200; a HEAD request gets no body.
 *
 * @param headers of the answer, with its `Cache-Control`
 */
export function respondUnlessUnchanged(request: Request, body: string, headers: Headers, etag: string): Response {
  headers.set("ETag", etag);
  if (names(request.headers.get("If-None-Match"), etag)) {
    headers.delete("Content-Type");
    return new Response(null, { status: 304, headers });
  }
  return new Response(request.method === "HEAD" ? null : body, { headers });
}

/** RFC 9110 §13.1.2: a list of ETags compared weakly (a proxy that compresses makes ours weak), or `*`. */
function names(ifNoneMatch: string | null, etag: string): boolean {
  if (ifNoneMatch === null) {
    return false;
  }
  return ifNoneMatch.trim() === "*" || [...ifNoneMatch.matchAll(/"[^"]*"/g)].some(([tag]) => tag === etag);
}

/** Answers with a problem as `application/problem+json`; it is not stored by caches. */
export function problemResponse(request: Request, problem: Problem, extraHeaders?: HeadersInit): Response {
  const headers = new Headers(extraHeaders);
  headers.set("Content-Type", "application/problem+json");
  headers.set("Cache-Control", CACHE_CONTROL.none);
  headers.set("X-Content-Type-Options", "nosniff");
  const body = request.method === "HEAD" ? null : JSON.stringify(problem);
  return new Response(body, { status: problem.status, headers });
}
