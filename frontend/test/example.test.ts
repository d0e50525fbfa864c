import { expect, test } from "vitest";
import { renderMarkdown } from "../src/site/markdown.js";

const FILES = import.meta.glob<string>("../../ops/example/articles/*.md", {
  query: "?raw",
  import: "default",
  eager: true,
});

const articles = Object.entries(FILES).map(([path, text]) => {
  const [, head = "", body = ""] = /^---\n([\s\S]*?)\n---\n([\s\S]*)$/.exec(text) ?? [];
  const pairs = head.split("\n").map((line): [string, string] => {
    const colon = line.indexOf(":");
    return [line.slice(0, colon), line.slice(colon + 1).trim()];
  });
  return { file: path.split("/").at(-1), front: Object.fromEntries(pairs), body };
});
const slugs = articles.map(({ front }) => front.slug);

test("example_articles are there, each with a slug of its own", () => {
  expect(articles.length).toBeGreaterThan(7);
  expect(new Set(slugs).size).toBe(articles.length);
});

test.each(articles)("example_frontMatter of $file has every key and nothing else", ({ front }) => {
  expect(Object.keys(front)).toEqual(["slug", "title", "summary", "author", "tags", "published_at"]);
  expect(Object.values(front)).not.toContain("");
  expect(front.slug).toMatch(/^[a-z0-9]+(-[a-z0-9]+)*$/);
  expect(new Date(front.published_at ?? "").toISOString().replace(".000", "")).toBe(front.published_at);
});

test.each(articles)("example_links of $file lead to articles that exist", ({ body }) => {
  const links = [...renderMarkdown(body).content.markup.matchAll(/href="\/article\/([^"]*)"/g)].map(([, slug]) => slug);
  expect(slugs).toEqual(expect.arrayContaining(links));
});
