import type { Found } from "../reader/index.js";
import { type Html, html } from "./html.js";

export interface Page {
  readonly title: string;
  readonly description: string;
  /** The JSON of the same document; the script asks it for changes. */
  readonly api: string;
  readonly document: Found;
  readonly content: Html;
}

/** Returns a whole page: the frame that every page shares around its content. */
export function layout(page: Page): string {
  const { markup } = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${page.title}</title>
<meta name="description" content="${page.description}">
<link rel="icon" href="/mark.svg" type="image/svg+xml">
<link rel="stylesheet" href="/site.css">
<script src="/live.js" type="module"></script>
</head>
<body data-api="${page.api}" data-etag="&quot;${page.document.hash}&quot;">
<a class="skip" href="#content">Skip to the content</a>
<header class="masthead">
<a class="brand" href="/"><img src="/mark.svg" alt="" width="28" height="28">Forebay</a>
<nav aria-label="Sections"><a href="/#latest">Articles</a><a href="/#topics">Topics</a></nav>
</header>
<main id="content" tabindex="-1">
${page.content}
${freshness(page)}
</main>
<p class="live" id="live" role="status"></p>
<footer class="colophon"><p>Forebay keeps JSON documents, built from PostgreSQL, exact in Cloudflare Workers KV. This page was made at the edge from one of them.</p></footer>
</body>
</html>
`;
  return markup;
}

/** What a reader may know about the document behind the page: which one, how old, from which snapshot. */
function freshness({ api, document }: Page): Html {
  const name = html`<a href="${api}"><code>${document.key}</code></a>`;
  const { metadata } = document;
  if (document.freshness === "origin" && metadata) {
    return html`<aside class="freshness" aria-label="Freshness">Read from the database, because Workers KV does not have your change yet: ${name}. As of ${time(metadata.committed, "age")}, built in snapshot <code>${metadata.snapshot}</code>.</aside>`;
  }
  const late = document.freshness === "stale" ? " Your last change may not be in it yet." : "";
  if (!metadata) {
    return html`<aside class="freshness" aria-label="Freshness">Served from Workers KV: ${name}. Its entry does not say from which snapshot it was built.${late}</aside>`;
  }
  return html`<aside class="freshness" aria-label="Freshness">Served from Workers KV: ${name}. Newest change committed ${time(metadata.committed, "age")}, built in snapshot <code>${metadata.snapshot}</code>.${late}</aside>`;
}

/**
 * Returns an instant for people. The text is absolute and in UTC, so that equal documents make equal pages; the script
 * adds how long ago that was where the class is `age`.
 */
export function time(iso: string, style: "age" | "date"): Html {
  const instant = new Date(iso);
  if (Number.isNaN(instant.getTime())) {
    return html`${iso}`;
  }
  const format = style === "age" ? DATE_AND_TIME : DATE;
  return html`<time class="${style}" datetime="${instant.toISOString()}">${format.format(instant)}</time>`;
}

const DATE = new Intl.DateTimeFormat("en-GB", { dateStyle: "long", timeZone: "UTC" });
const DATE_AND_TIME = new Intl.DateTimeFormat("en-GB", {
  day: "numeric",
  month: "short",
  year: "numeric",
  hour: "2-digit",
  minute: "2-digit",
  second: "2-digit",
  timeZone: "UTC",
  timeZoneName: "short",
});
