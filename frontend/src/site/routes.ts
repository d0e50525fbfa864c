import {
  CACHE_CONTROL,
  createReader,
  describeReading,
  openSession,
  problemResponse,
  type ReaderEnv,
  type Reading,
  respondUnlessUnchanged,
  respondWithDocument,
  type Session,
  type SessionEnv,
  sha256,
} from "../reader/index.js";
import { MODELS, type Model } from "./documents.js";
import { PAGE_HEADERS } from "./headers.js";
import { outagePage } from "./outage.js";
import type { PageBuilder } from "./pages.js";

/** The bindings of the Pages project. */
export interface SiteEnv extends ReaderEnv, SessionEnv {
  /** Set where the instance has a name of its own, for example `preview.` in a preview deployment. */
  readonly DOCUMENTS_PREFIX?: string;
  /** Of the API: with it and FOREBAY_TOKEN_SECRET whoever wrote reads the own write, wherever KV is. */
  readonly FOREBAY_API_URL?: string;
}

/** A parameter of a route as Pages hands it over: not percent-decoded. */
type RouteParam = string | string[] | undefined;

/**
 * Answers with a document's JSON.
 *
 * @param param the document's slug, still encoded; undefined for a singleton
 */
export async function serveJson(request: Request, env: SiteEnv, model: Model, param?: RouteParam): Promise<Response> {
  const values = keyValues(model, param);
  if (values === undefined) {
    return problemResponse(request, {
      status: 400,
      type: "urn:forebay:problem:malformed-path",
      title: "The last segment of the path is not percent-encoded UTF-8",
    });
  }
  try {
    const session = sessionOf(request, env);
    return await respondWithDocument(request, await read(env, session, model, values), session);
  } catch (error) {
    console.error("cannot read document", { model, error });
    return problemResponse(
      request,
      { status: 503, type: "urn:forebay:problem:kv-unavailable", title: "Workers KV does not answer; try again" },
      { "Retry-After": "1" },
    );
  }
}

/**
 * Answers with the page made from a document, or with the site's 404 page where there is none.
 *
 * @param notFound what the static site says under this path
 */
export async function servePage(
  request: Request,
  env: SiteEnv,
  model: Model,
  build: PageBuilder,
  notFound: () => Promise<Response>,
  param?: RouteParam,
): Promise<Response> {
  const values = keyValues(model, param);
  if (values === undefined) {
    return await notFound();
  }
  try {
    const session = sessionOf(request, env);
    const reading = await read(env, session, model, values);
    if (reading.state === "missing") {
      return await notFoundFor(reading, session, await notFound());
    }
    const page = build(reading);
    const fields = { ...PAGE_HEADERS, ...(await describeReading(reading, session)) };
    return respondUnlessUnchanged(request, page, fields, `"${await sha256(page)}"`);
  } catch (error) {
    console.error("cannot make page", { model, error });
    return outagePage(request);
  }
}

/** Answers every method but GET and HEAD, which the routes answer themselves. */
export function refuseMethod(request: Request): Response {
  return problemResponse(
    request,
    {
      status: 405,
      type: "urn:forebay:problem:method-not-allowed",
      title: "Documents are only read here",
      detail: "Write through the API; the documents follow.",
    },
    { Allow: "GET, HEAD" },
  );
}

/** A secret that cannot be used is as none: pages do not go away for it. */
function sessionOf(request: Request, env: SiteEnv): Session | undefined {
  try {
    return openSession(request, env);
  } catch (error) {
    console.error("tokens are ignored", { error });
    return undefined;
  }
}

async function read(env: SiteEnv, session: Session | undefined, model: Model, values: string[]): Promise<Reading> {
  const origin = env.FOREBAY_API_URL ? { url: env.FOREBAY_API_URL } : undefined;
  const reader = createReader(env, { models: MODELS, prefix: env.DOCUMENTS_PREFIX, session, origin });
  const reading = await reader.get(model, ...values);
  if (reading.freshness === "stale") {
    console.warn("served a stale document", { document: reading.key, because: reading.staleBecause });
  }
  return reading;
}

/** The 404 page says to a session how sure it is, and keeps the session's token. */
async function notFoundFor(reading: Reading, session: Session | undefined, page: Response): Promise<Response> {
  if (session === undefined) {
    return page;
  }
  const headers = new Headers(page.headers);
  for (const [name, value] of Object.entries(await describeReading(reading, session))) {
    headers.set(name, value);
  }
  headers.set("Cache-Control", CACHE_CONTROL.none);
  return new Response(page.body, { status: page.status, headers });
}

/** Returns a document's key values, or undefined if the parameter is no percent-encoded UTF-8. */
function keyValues(model: Model, param: RouteParam): string[] | undefined {
  if (MODELS[model] === "") {
    return [];
  }
  if (typeof param !== "string") {
    return undefined;
  }
  try {
    return [decodeURIComponent(param)];
  } catch (error) {
    if (error instanceof URIError) {
      return undefined;
    }
    throw error;
  }
}
