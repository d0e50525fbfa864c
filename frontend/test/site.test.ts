import { env, exports } from "cloudflare:workers";
import { afterEach, beforeAll, describe, expect, test, vi } from "vitest";
import forebayYaml from "../../ops/example/forebay.yaml?raw";
import staticHeaders from "../public/_headers?raw";
import type { KvNamespace } from "../src/reader/index.js";
import { issueToken } from "../src/reader/token.js";
import { MODELS } from "../src/site/documents.js";
import { CONTENT_SECURITY_POLICY } from "../src/site/headers.js";
import { articlePage } from "../src/site/pages.js";
import { type SiteEnv, serveJson, servePage } from "../src/site/routes.js";
import { originReply } from "./fake-origin.js";

const SITE = "https://site.invalid";
const AUTHOR = { slug: "forebay-core", name: "Forebay <Core>" };
const ARTICLE = {
  id: 1,
  slug: "grüße",
  title: "Grüße & <b>more</b>",
  summary: 'A "summary"',
  body: "Hello **world** <script>alert(1)</script>",
  // As PostgreSQL prints a timestamp in JSON, in UTC.
  published_at: "2026-11-20T09:00:00+00:00",
  updated_at: "2026-11-20T23:59:59.21242+00:00",
  author: AUTHOR,
  tags: [{ slug: "concepts", name: "Concepts" }],
  comments: [{ id: 1, body: "One\n\n<i>two</i>", created_at: "2026-11-21T09:00:00.000Z", author: AUTHOR }],
  comment_count: 21,
};
const SUMMARY = {
  slug: ARTICLE.slug,
  title: ARTICLE.title,
  summary: ARTICLE.summary,
  published_at: ARTICLE.published_at,
};
const METADATA = {
  snapshot: "750:752:750",
  hash: "9e6ffe5a1199fa5f4d25ab337f3aabbcdf76711c9ff196dfc9062ae3fd256fb4",
  committed: "2026-11-23T17:42:01.100Z",
  history: "h1",
};
const KEY = "article:gr%C3%BC%C3%9Fe";
const PATH = "/article/gr%C3%BC%C3%9Fe";

const get = (path: string, init?: RequestInit) => exports.default.fetch(new Request(SITE + path, init));

beforeAll(async () => {
  await env.DOCUMENTS.put(KEY, JSON.stringify(ARTICLE), { metadata: METADATA });
  await env.DOCUMENTS.put("tag:concepts", JSON.stringify({ ...ARTICLE.tags[0], articles: [SUMMARY] }));
  await env.DOCUMENTS.put("author:forebay-core", JSON.stringify({ id: 1, ...AUTHOR, articles: [] }));
  await env.DOCUMENTS.put(
    "author:two%2Fslashes",
    JSON.stringify({ id: 2, slug: "two/slashes", name: "S", articles: [] }),
  );
  await env.DOCUMENTS.put(
    "front_page:",
    JSON.stringify({ latest: [{ ...SUMMARY, author: AUTHOR }], tags: ARTICLE.tags }),
    { metadata: METADATA },
  );
});

describe("JSON routes", () => {
  test("api_document is what KV holds, byte for byte", async () => {
    const answer = await get(`/api${PATH}`);
    expect(answer.status).toBe(200);
    expect(answer.headers.get("Forebay-Document")).toBe(KEY);
    expect(answer.headers.get("ETag")).toBe(`"${METADATA.hash}"`);
    expect(await answer.text()).toBe(JSON.stringify(ARTICLE));
  });

  test.each(["/api/tag/concepts", "/api/author/forebay-core", "/api/front-page"])("api_route %s: 200", async (path) => {
    expect((await get(path)).status).toBe(200);
  });

  test("api_encodedSlash stays inside the value", async () => {
    expect(await (await get("/api/author/two%2Fslashes")).json()).toMatchObject({ id: 2 });
  });

  test("api_unchanged: 304", async () => {
    const answer = await get(`/api${PATH}`, { headers: { "If-None-Match": `"${METADATA.hash}"` } });
    expect(answer.status).toBe(304);
    expect(await answer.text()).toBe("");
  });

  test("api_head has no body", async () => {
    const answer = await get(`/api${PATH}`, { method: "HEAD" });
    expect(answer.status).toBe(200);
    expect(answer.headers.get("ETag")).toBe(`"${METADATA.hash}"`);
    expect(await answer.text()).toBe("");
  });

  test("api_missingDocument: 404 problem", async () => {
    const answer = await get("/api/article/nobody");
    expect(answer.status).toBe(404);
    expect(answer.headers.get("Content-Type")).toBe("application/problem+json");
    expect(await answer.json()).toMatchObject({ type: "urn:forebay:problem:document-not-found" });
  });

  test.each(["%", "%E0%A4%A", "%FF", "%zz"])("api_malformedParam %s: 400 problem", async (slug) => {
    const answer = await get(`/api/article/${slug}`);
    expect(answer.status).toBe(400);
    expect(answer.headers.get("Content-Type")).toBe("application/problem+json");
    expect(await answer.json()).toMatchObject({ type: "urn:forebay:problem:malformed-path" });
  });

  test.each(["POST", "PUT", "PATCH", "DELETE", "OPTIONS"])("api_method %s: 405", async (method) => {
    const answer = await get(`/api${PATH}`, { method });
    expect(answer.status).toBe(405);
    expect(answer.headers.get("Allow")).toBe("GET, HEAD");
  });

  test("api_longSlug: 404, not an error", async () => {
    expect((await get(`/api/article/${"x".repeat(2_000)}`)).status).toBe(404);
  });
});

describe("pages", () => {
  test("page_article shows the document, escaped, and which version it is", async () => {
    const answer = await get(PATH);
    const page = await answer.text();
    expect(answer.status).toBe(200);
    expect(answer.headers.get("Content-Type")).toBe("text/html; charset=utf-8");
    expect(answer.headers.get("Content-Security-Policy")).toBe(CONTENT_SECURITY_POLICY);
    expect(answer.headers.get("Forebay-Snapshot")).toBe(METADATA.snapshot);
    expect(page).toContain("<h1>Grüße &#38; &#60;b&#62;more&#60;/b&#62;</h1>");
    expect(page).toContain("Hello <strong>world</strong> &#60;script&#62;");
    expect(page).toContain("<p>One</p><p>&#60;i&#62;two&#60;/i&#62;</p>");
    expect(page).toContain("newest 1 of 21");
    expect(page).toContain('<a href="/author/forebay-core">Forebay &#60;Core&#62;</a>');
    expect(page).toContain('<a href="/tag/concepts">Concepts</a>');
    expect(page).toContain('data-api="/api/article/gr%C3%BC%C3%9Fe"');
    expect(page).toContain(`data-etag="&quot;${METADATA.hash}&quot;"`);
    expect(page).toContain('<time class="date" datetime="2026-11-20T09:00:00.000Z">20 November 2026</time>');
    expect(page).toContain('<time class="age" datetime="2026-11-23T17:42:01.100Z">23 Nov 2026, 17:42:01 UTC</time>');
    expect(page).toContain(METADATA.snapshot);
  });

  test.each([
    ["/", "Latest articles"],
    ["/tag/concepts", "Concepts"],
    ["/author/forebay-core", "Nothing is published here yet."],
  ])("page_route %s: 200", async (path, text) => {
    const answer = await get(path);
    expect(answer.status).toBe(200);
    expect(await answer.text()).toContain(text);
  });

  test("page_noMetadata says that the version is unknown", async () => {
    expect(await (await get("/tag/concepts")).text()).toContain("does not say from which snapshot");
  });

  test("page_unchanged: 304 by the page's own hash", async () => {
    const first = await get(PATH);
    const etag = first.headers.get("ETag") ?? "";
    expect(etag).toMatch(/^"[0-9a-f]{64}"$/);
    expect(etag).not.toContain(METADATA.hash);
    expect((await get(PATH, { headers: { "If-None-Match": etag } })).status).toBe(304);
  });

  test.each(["/article/nobody", "/tag/nobody", "/article/%E0%A4%A", "/nothing", "/api/nothing", "/article/a/b"])(
    "page_unknown %s: the 404 page",
    async (path) => {
      const answer = await get(path);
      expect(answer.status).toBe(404);
      expect(await answer.text()).toContain("There is no page here.");
    },
  );

  test("page_post: 405", async () => {
    expect((await get("/", { method: "POST" })).status).toBe(405);
  });

  test("page_staticFile is served", async () => {
    expect((await get("/site.css")).headers.get("Content-Type")).toContain("text/css");
  });
});

describe("faults", () => {
  const request = new Request(`${SITE}/`);
  const broken: KvNamespace = {
    getWithMetadata: () => Promise.reject(new Error("KV GET failed: 500")),
  };
  const odd: KvNamespace = {
    getWithMetadata: () => Promise.resolve({ value: '{"slug":1}', metadata: null }),
  };
  const unused = () => Promise.reject(new Error("no 404 page was expected"));

  test("api_kvDown: 503 problem, and the cause is logged", async () => {
    const log = vi.spyOn(console, "error").mockImplementation(() => {});
    const answer = await serveJson(request, { DOCUMENTS: broken }, "article", "x");
    expect(answer.status).toBe(503);
    expect(answer.headers.get("Retry-After")).toBe("1");
    expect(await answer.json()).toMatchObject({ type: "urn:forebay:problem:kv-unavailable" });
    expect(log).toHaveBeenCalledOnce();
    log.mockRestore();
  });

  test("api_secretTooShort: tokens count for nothing, and the cause is logged", async () => {
    const log = vi.spyOn(console, "error").mockImplementation(() => {});
    const short = { ...env, FOREBAY_TOKEN_SECRET: "short" };
    const holder = new Request(`${SITE}/`, { headers: { Cookie: "forebay_token=1.a.b" } });
    for (const [asked, logged] of [
      [request, 0],
      [holder, 1],
    ] as const) {
      const answer = await serveJson(asked, short, "article", "gr%C3%BC%C3%9Fe");
      expect(answer.status).toBe(200);
      expect(answer.headers.get("Forebay-Freshness")).toBe("unconstrained");
      expect(answer.headers.get("Set-Cookie")).toBeNull();
      // The stored answer of the one must not be refreshed by the other's.
      expect(answer.headers.get("Vary")).toBe("Forebay-Token, Cookie");
      expect(log).toHaveBeenCalledTimes(logged);
    }
    log.mockRestore();
  });

  test.each([
    ["kvDown", broken],
    ["unexpectedDocument", odd],
  ])("page_%s: 503 page, and the cause is logged", async (_, documents) => {
    const log = vi.spyOn(console, "error").mockImplementation(() => {});
    const answer = await servePage(request, { DOCUMENTS: documents }, "article", articlePage, unused, "x");
    expect(answer.status).toBe(503);
    expect(await answer.text()).toContain("cannot be shown right now");
    expect(log).toHaveBeenCalledOnce();
    log.mockRestore();
  });
});

describe("reading one's own write", () => {
  const secret = "the secret of a site, 32 characters or more";
  const site: SiteEnv = { ...env, FOREBAY_TOKEN_SECRET: secret, FOREBAY_API_URL: "https://api.invalid" };
  const demand = { xids: [752n], seen: undefined, content: undefined };
  const entries = new Map([["*", new Map([["*", demand]])]]);
  const token = () => issueToken({ history: "h1", expires: Math.floor(Date.now() / 1000) + 180, entries }, secret);
  const holder = async () => new Request(`${SITE}/`, { headers: { Cookie: `forebay_token=${await token()}` } });
  const newer = { key: KEY, json: JSON.stringify({ ...ARTICLE, title: "Newer" }), snapshot: "760:760:" };
  const notFound = () => Promise.resolve(new Response("There is no page here.", { status: 404 }));
  const slug = "gr%C3%BC%C3%9Fe";

  function stubOrigin(answer: () => Promise<Response>) {
    return vi.spyOn(globalThis, "fetch").mockImplementation(answer);
  }

  afterEach(() => {
    vi.restoreAllMocks();
  });

  test("api_holder is served the database's document, and keeps a token", async () => {
    stubOrigin(() => originReply(newer));
    const answer = await serveJson(await holder(), site, "article", slug);
    expect(await answer.text()).toBe(newer.json);
    expect(answer.headers.get("Forebay-Freshness")).toBe("origin");
    expect(answer.headers.get("Forebay-As-Of")).toBe("2026-11-23T17:42:04.000Z");
    expect(answer.headers.get("Forebay-Committed")).toBeNull();
    expect(answer.headers.get("Cache-Control")).toBe("private, no-cache");
    expect(answer.headers.get("Set-Cookie")).toMatch(/^forebay_seen=1\./);
  });

  test("page_holder is served the database's document, and told so", async () => {
    stubOrigin(() => originReply(newer));
    const answer = await servePage(await holder(), site, "article", articlePage, notFound, slug);
    expect(answer.headers.get("Set-Cookie")).toMatch(/^forebay_seen=1\./);
    expect(await answer.text()).toMatch(/<h1>Newer<\/h1>.*Read from the database.*23 Nov 2026, 17:42:04 UTC/s);
  });

  test("page_originDown shows KV's document, says so and logs why", async () => {
    stubOrigin(() => Promise.resolve(new Response(null, { status: 503 })));
    const log = vi.spyOn(console, "warn").mockImplementation(() => {});
    const answer = await servePage(await holder(), site, "article", articlePage, notFound, slug);
    expect(answer.headers.get("Forebay-Freshness")).toBe("stale");
    expect(await answer.text()).toContain("Your last change may not be in it yet.");
    expect(log).toHaveBeenCalledWith("served a stale document", { document: KEY, because: "the origin answers 503" });
  });

  test("page_goneInTheDatabase is the 404 page, and the token is kept", async () => {
    stubOrigin(() => originReply({ key: KEY, snapshot: "760:760:" }));
    const answer = await servePage(await holder(), site, "article", articlePage, notFound, slug);
    expect(answer.status).toBe(404);
    expect(await answer.text()).toBe("There is no page here.");
    expect(answer.headers.get("Forebay-Freshness")).toBe("origin");
    expect(answer.headers.get("Cache-Control")).toBe("no-store");
    expect(answer.headers.get("Set-Cookie")).toMatch(/^forebay_seen=1\./);
  });

  test("site_noSecret or no token: KV's document for everybody", async () => {
    const asked = stubOrigin(() => Promise.reject(new Error("nobody should ask")));
    for (const [request, bindings] of [
      [await holder(), env],
      [new Request(`${SITE}/`), site],
    ] as const) {
      const answer = await serveJson(request, bindings, "article", slug);
      expect(await answer.text()).toBe(JSON.stringify(ARTICLE));
      expect(answer.headers.get("Forebay-Freshness")).toBe("unconstrained");
      expect(answer.headers.get("Cache-Control")).toBe("public, no-cache");
      expect(answer.headers.get("Set-Cookie")).toBeNull();
    }
    expect(asked).not.toHaveBeenCalled();
  });
});

describe("agreement with other files", () => {
  test("models_keyTemplates are those of forebay.yaml", () => {
    const [, models = ""] = /^models:\n([\s\S]*?)^resources:/m.exec(forebayYaml) ?? [];
    const declared = [...models.matchAll(/^ {2}(\w+):\n((?: {4}.*\n|\s*\n)*)/gm)].map(([, name = "", body = ""]) => [
      name,
      / {4}singleton: true/.test(body) ? "" : /^ {4}key: "(.*)"$/m.exec(body)?.[1],
    ]);
    expect(Object.fromEntries(declared)).toEqual(MODELS);
  });

  test("headers_staticFiles have the same policy", () => {
    expect(staticHeaders).toContain(`Content-Security-Policy: ${CONTENT_SECURITY_POLICY}\n`);
  });
});
