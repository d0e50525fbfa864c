import {
  createReader,
  KV_CACHE_TTL_SECONDS,
  type KvNamespace,
  openSession,
  respondWithDocument,
} from "../src/reader/index.js";

interface Env {
  readonly DOCUMENTS: KVNamespace;
  readonly FOREBAY_TOKEN_SECRET: string;
  readonly DOCUMENT: string;
  readonly METADATA: object;
}

const KEY = "article:x";
const JSON_HEADERS = { "Content-Type": "application/json" };
const origin = { url: "https://api.invalid" };

/** One document, again and again: with the library and without, from KV and from memory. */
export default {
  async fetch(request: Request, env: Env): Promise<Response> {
    switch (new URL(request.url).pathname) {
      case "/kv/bare":
        return new Response(await env.DOCUMENTS.get(KEY, { cacheTtl: KV_CACHE_TTL_SECONDS }), {
          headers: JSON_HEADERS,
        });
      case "/kv/library":
        return await withLibrary(request, env, env.DOCUMENTS);
      case "/memory/bare":
        return new Response((await memory(env).getWithMetadata(KEY)).value, { headers: JSON_HEADERS });
      case "/memory/library":
        return await withLibrary(request, env, memory(env));
      default:
        return new Response(null, { status: 404 });
    }
  },
};

/** KV that answers at once. */
function memory({ DOCUMENT, METADATA }: Env) {
  return { getWithMetadata: (_: string) => Promise.resolve({ value: DOCUMENT, metadata: METADATA }) };
}

async function withLibrary(request: Request, env: Env, documents: KvNamespace): Promise<Response> {
  const session = openSession(request, env);
  const reader = createReader({ DOCUMENTS: documents }, { models: { article: "{slug}" }, session, origin });
  return await respondWithDocument(request, await reader.get("article", "x"), session);
}
