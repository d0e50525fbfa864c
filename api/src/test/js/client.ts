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

const gone = await api.DELETE("/v1/article/{id}", { params: path });
assert.equal(gone.response.status, 204);
assert.equal((await api.GET("/v1/article/{id}", { params: path })).error?.type, "urn:forebay:problem:not-found");

function one<T>(data: T | readonly T[] | undefined): T {
  if (data === undefined || Array.isArray(data)) {
    throw new Error("no row");
  }
  return data as T;
}
