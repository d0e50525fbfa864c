// What an app writes against the API: every call and every value is typed by the document. The lines marked
// @ts-expect-error are mistakes that the types must find.

import assert from "node:assert/strict";
import createClient from "openapi-fetch";
import type { components, paths } from "./target/schema.d.ts";

type Article = components["schemas"]["article.row"];

declare const process: { env: { API_URL: string; API_KEY: string } };

const api = createClient<paths>({
  baseUrl: process.env.API_URL,
  headers: { Authorization: `Bearer ${process.env.API_KEY}` },
  // As the document says of lists: one parameter, commas between.
  querySerializer: { array: { style: "form", explode: false } },
});

// One row, made and changed.
const made = await api.POST("/v1/author", { body: { name: "Ada" } });
assert.equal(made.response.status, 201);
const author = one(made.data);
assert.match(author.id, /^\d+$/);

const article = one(
  (
    await api.POST("/v1/article", {
      body: { slug: "on-water", title: "On water", author_id: author.id, price: "12.50", tags: ["a", null], extra: { deep: [1] } },
    })
  ).data,
);
const price: string | null = article.price;
const status: "draft" | "published" = article.status;
assert.deepEqual([price, status, article.words], ["12.50", "draft", null]);

const path = { path: { id: article.id } };
const changed = await api.PATCH("/v1/article/{id}", { params: path, body: { status: "published", words: 3 } });
assert.equal(changed.data?.words, 3);

const read = await api.GET("/v1/article/{id}", { params: path });
const whole: Article | undefined = read.data;
assert.equal(whole?.status, "published");

// Lists.
await api.POST("/v1/author", { body: { name: "Grace" } });
const page = await api.GET("/v1/author", { params: { query: { limit: 1 } } });
assert.equal(page.data?.length, 1);
assert.match(page.response.headers.get("Link") ?? "", /rel="next"/);

// Refusals are typed too: the type of the problem decides.
const taken = await api.POST("/v1/article", { body: { slug: "on-water", title: "Again" } });
assert.equal(taken.error?.type, "urn:forebay:problem:unique-violation");
const wrong = await api.POST("/v1/article", {
  // @ts-expect-error a title is required, and no status has this name
  body: { slug: "x", status: "gone" },
});
assert.equal(wrong.error?.type, "urn:forebay:problem:invalid-content");
// @ts-expect-error a title is a text, and not null
await api.PATCH("/v1/article/{id}", { params: path, body: { title: null } });
// @ts-expect-error there is no such route
await api.GET("/v1/nothing");
// @ts-expect-error the key has another type
await api.GET("/v1/article/{id}", { params: { path: { id: "one" } } });

// A composite key.
const odd = one((await api.POST("/v1/odd", { body: { "k/1": "a/b", "k 2": 7 } })).data);
assert.equal(odd["k/1"], "a/b");
const found = await api.GET("/v1/odd/{key0}/{key1}", { params: { path: { key0: "a/b", key1: 7 } } });
assert.deepEqual(found.data, odd);

// Versions: what somebody else has changed meanwhile is not overwritten.
const tag = read.response.headers.get("ETag") ?? "";
const same = await api.GET("/v1/article/{id}", { params: { ...path, header: { "If-None-Match": tag } } });
assert.equal(same.response.status, 304);
await api.PATCH("/v1/article/{id}", { params: path, body: { words: 4 } });
const late = await api.PATCH("/v1/article/{id}", { params: { ...path, header: { "If-Match": tag } }, body: { words: 5 } });
assert.equal(late.error?.type, "urn:forebay:problem:precondition-failed");
// @ts-expect-error this resource demands If-Match
const blind = await api.PATCH("/v1/counted/{id}", { params: { path: { id: 1 } }, body: { note: "x" } });
assert.equal(blind.response.status, 428);

// Replace or create, under a key that the client chooses.
const put = await api.PUT("/v1/guarded/{id}", { params: { path: { id: 9 }, header: { "If-None-Match": "*" } }, body: { note: "new" } });
assert.equal(put.response.status, 201);

// A repetition is answered as the first request was.
const once = { header: { "Idempotency-Key": "client-test-1" } };
const first = await api.POST("/v1/author", { params: once, body: { name: "Once" } });
const again = await api.POST("/v1/author", { params: once, body: { name: "Once" } });
assert.deepEqual(again.data, first.data);

// Filters are parameters with types.
const few = await api.GET("/v1/article", {
  params: { query: { status: "published", "words.gte": 4, "slug.in": ["on-water", "x"], order: ["-id"], fields: ["id", "slug"] } },
});
assert.deepEqual(few.data, [{ id: article.id, slug: "on-water" }]);

// Batches.
const bulk = await api.POST("/v1/author/bulk", {
  body: [
    { op: "create", value: { name: "Bulk" } },
    { op: "delete", key: ["999999"] },
  ],
});
assert.deepEqual(bulk.data?.map((result) => result.status), [201, 404]);
assert.equal(bulk.data?.[1]?.problem?.type, "urn:forebay:problem:not-found");
const both = await api.POST("/v1/transactions", {
  body: {
    operations: [
      { op: "create", resource: "author", value: { name: "Joan" } },
      { op: "create", resource: "article", value: { slug: "by-joan", title: "By Joan", author_id: { $ref: "/0/id" } } },
    ],
  },
});
assert.deepEqual(both.data?.results.map((result) => result.status), [201, 201]);

const gone = await api.DELETE("/v1/article/{id}", { params: path });
assert.equal(gone.response.status, 204);
assert.equal((await api.GET("/v1/article/{id}", { params: path })).error?.type, "urn:forebay:problem:not-found");

function one<T>(data: T | readonly T[] | undefined): T {
  if (data === undefined || Array.isArray(data)) {
    throw new Error("no row");
  }
  return data as T;
}
