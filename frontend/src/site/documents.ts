/**
 * The documents of ops/example/forebay.yaml as the pages read them. KV is a border: what comes from it is unknown until
 * it has passed a decoder.
 */

import type { Documents } from "./forebay.js";

/** Key templates, as forebay.yaml declares them; `forebay types` says which models there are. */
export const MODELS = {
  article: "{slug}",
  tag: "{slug}",
  author: "{slug}",
  front_page: "",
} as const satisfies Record<keyof Documents, string>;

export type Model = keyof typeof MODELS;

/** An author or a tag, as other documents name it. */
export interface Named {
  readonly slug: string;
  readonly name: string;
}

export interface ArticleSummary {
  readonly slug: string;
  readonly title: string;
  readonly summary: string;
  readonly publishedAt: string;
  /** Undefined where the list is one author's. */
  readonly author: Named | undefined;
}

export interface Comment {
  readonly body: string;
  readonly createdAt: string;
  readonly author: Named | undefined;
}

export interface Article extends ArticleSummary {
  readonly body: string;
  readonly updatedAt: string;
  readonly tags: readonly Named[];
  /** The newest ones only; see `commentCount`. */
  readonly comments: readonly Comment[];
  readonly commentCount: number;
}

/** A tag or an author with the newest of its articles. */
export interface Listing extends Named {
  readonly articles: readonly ArticleSummary[];
}

export interface FrontPage {
  readonly latest: readonly ArticleSummary[];
  readonly tags: readonly Named[];
}

/** A document that is not what forebay.yaml declares; the page and the file have grown apart. */
export class UnexpectedDocumentError extends Error {
  override readonly name = "UnexpectedDocumentError";
}

export function decodeArticle(json: string): Article {
  const it = object(JSON.parse(json), "article");
  return {
    ...articleSummary(it),
    body: text(it, "body"),
    updatedAt: text(it, "updated_at"),
    tags: list(it, "tags").map(named),
    comments: list(it, "comments").map(comment),
    commentCount: number(it, "comment_count"),
  };
}

export function decodeListing(json: string): Listing {
  const it = object(JSON.parse(json), "listing");
  return { ...named(it), articles: list(it, "articles").map(articleSummary) };
}

export function decodeFrontPage(json: string): FrontPage {
  const it = object(JSON.parse(json), "front_page");
  return { latest: list(it, "latest").map(articleSummary), tags: list(it, "tags").map(named) };
}

function articleSummary(it: Members): ArticleSummary {
  return {
    slug: text(it, "slug"),
    title: text(it, "title"),
    summary: text(it, "summary"),
    publishedAt: text(it, "published_at"),
    author: optionalNamed(it.author),
  };
}

function comment(it: Members): Comment {
  return { body: text(it, "body"), createdAt: text(it, "created_at"), author: optionalNamed(it.author) };
}

function named(it: Members): Named {
  return { slug: text(it, "slug"), name: text(it, "name") };
}

function optionalNamed(value: unknown): Named | undefined {
  return value === undefined || value === null ? undefined : named(object(value, "author"));
}

type Members = { readonly [name: string]: unknown };

function object(value: unknown, what: string): Members {
  if (!isObject(value)) {
    throw new UnexpectedDocumentError(`${what} is no JSON object`);
  }
  return value;
}

function isObject(value: unknown): value is Members {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function list(it: Members, name: string): Members[] {
  const value = it[name];
  if (!Array.isArray(value)) {
    throw new UnexpectedDocumentError(`${name} is no array`);
  }
  return value.map((entry) => object(entry, `an entry of ${name}`));
}

function text(it: Members, name: string): string {
  const value = it[name];
  if (typeof value !== "string") {
    throw new UnexpectedDocumentError(`${name} is no string`);
  }
  return value;
}

function number(it: Members, name: string): number {
  const value = it[name];
  if (typeof value !== "number") {
    throw new UnexpectedDocumentError(`${name} is no number`);
  }
  return value;
}
