import type { Found, Reading } from "./reader.js";

/**
 * Caching, in one place.
 *
 * Whatever follows a document may be stored but is asked for again before each use, with its ETag: so no cache after KV
 * adds staleness, and an unchanged document costs a 304 without a body. How old KV itself may be is said at
 * KV_CACHE_TTL_SECONDS. Refusals and misses are not stored: the document may exist a second later.
 */
export const CACHE_CONTROL = {
  document: "public, no-cache",
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
 * Answers with a document's JSON, byte for byte as KV holds it: 200, 304 if the client has it, or 404.
 *
 * Headers: `ETag` from the content hash; `Forebay-Document`, the document's key; and where the entry says so
 * `Forebay-Snapshot`, `Forebay-Committed` (of its newest change) and `Forebay-Age`, whole seconds since then. An entry
 * without readable metadata says `Forebay-Snapshot: unknown`.
 */
export function respondWithDocument(request: Request, reading: Reading): Response {
  if (reading.state === "missing") {
    return problemResponse(request, {
      status: 404,
      type: "urn:forebay:problem:document-not-found",
      title: "There is no such document",
      detail: `Workers KV holds nothing under ${reading.key}.`,
    });
  }
  const headers = new Headers({ "Content-Type": "application/json", "X-Content-Type-Options": "nosniff" });
  describeDocument(headers, reading);
  return respondUnlessUnchanged(request, reading.json, headers, `"${reading.hash}"`);
}

/** Sets the headers that say which document, and which version of it, an answer was made from. */
export function describeDocument(headers: Headers, document: Found): void {
  headers.set("Forebay-Document", document.key);
  headers.set("Forebay-Snapshot", document.metadata?.snapshot ?? "unknown");
  if (document.metadata && document.ageMs !== undefined) {
    headers.set("Forebay-Committed", document.metadata.committed);
    headers.set("Forebay-Age", String(Math.floor(document.ageMs / 1000)));
  }
}

/** Answers 304 if the client's If-None-Match names the ETag, else 200; a HEAD request gets no body. */
export function respondUnlessUnchanged(request: Request, body: string, headers: Headers, etag: string): Response {
  headers.set("ETag", etag);
  headers.set("Cache-Control", CACHE_CONTROL.document);
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
export function problemResponse(
  request: Request,
  problem: Problem,
  extraHeaders: Record<string, string> = {},
): Response {
  return new Response(request.method === "HEAD" ? null : JSON.stringify(problem), {
    status: problem.status,
    headers: {
      "Content-Type": "application/problem+json",
      "Cache-Control": CACHE_CONTROL.none,
      "X-Content-Type-Options": "nosniff",
      ...extraHeaders,
    },
  });
}
