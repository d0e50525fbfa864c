import type { Found } from "../reader/index.js";
import {
  type Article,
  type ArticleSummary,
  type Comment,
  decodeArticle,
  decodeFrontPage,
  decodeListing,
  type Named,
} from "./documents.js";
import { type Html, html } from "./html.js";
import { layout, time } from "./layout.js";
import { renderMarkdown, type Section } from "./markdown.js";
import { PIPELINE } from "./pipeline.js";

/** A page made from one document, as text; throws if the document is not what forebay.yaml declares. */
export type PageBuilder = (document: Found) => string;

export const frontPage: PageBuilder = (document) => {
  const { latest, tags } = decodeFrontPage(document.json);
  return layout({
    title: "Forebay: PostgreSQL documents, exact at the edge",
    description: "Forebay keeps JSON documents, built from PostgreSQL, exact in Cloudflare Workers KV.",
    api: "/api/front-page",
    document,
    content: html`<section class="hero">
<h1>The calm pool in front of your database.</h1>
<p class="lead">Forebay keeps JSON documents, built from PostgreSQL, in Cloudflare Workers KV. Pages read them at the edge and never open a connection; every change in the database finds its documents and rebuilds them.</p>
</section>
<figure class="pipeline">${PIPELINE}<figcaption>A change event is only a hint: it says <em>which</em> documents are dirty. Their content is always read again from PostgreSQL.</figcaption></figure>
<div class="columns">
<section aria-labelledby="latest"><h2 id="latest">Latest articles</h2>${articles(latest, 3)}</section>
<section class="topics" aria-labelledby="topics"><h2 id="topics">Topics</h2>${tagList(tags)}</section>
</div>`,
  });
};

export const articlePage: PageBuilder = (document) => {
  const article = decodeArticle(document.json);
  const { content, sections } = renderMarkdown(article.body);
  return layout({
    title: `${article.title} · Forebay`,
    description: article.summary,
    api: `/api/article/${encodeURIComponent(article.slug)}`,
    document,
    content: html`<article>
<header class="opening">
<h1>${article.title}</h1>
<p class="lead">${article.summary}</p>
<p class="byline">${byline(article)}</p>
</header>
<div class="reading">
${contents(sections)}
<div class="prose">${content}</div>
</div>
<footer class="closing">${tagList(article.tags)}</footer>
</article>
${comments(article)}`,
  });
};

export const tagPage: PageBuilder = (document) => listingPage(document, "tag", "Topic");

export const authorPage: PageBuilder = (document) => listingPage(document, "author", "Author");

function listingPage(document: Found, model: "tag" | "author", kind: string): string {
  const listing = decodeListing(document.json);
  return layout({
    title: `${listing.name} · Forebay`,
    description: `Articles: ${listing.name}`,
    api: `/api/${model}/${encodeURIComponent(listing.slug)}`,
    document,
    content: html`<header class="opening"><p class="kind">${kind}</p><h1>${listing.name}</h1></header>
${articles(listing.articles, 2)}`,
  });
}

function articles(summaries: readonly ArticleSummary[], level: 2 | 3): Html {
  if (summaries.length === 0) {
    return html`<p class="empty">Nothing is published here yet.</p>`;
  }
  return html`<ol class="articles">${summaries.map(
    (article) => html`<li><article>
${heading(level, html`<a href="/article/${encodeURIComponent(article.slug)}">${article.title}</a>`)}
<p>${article.summary}</p>
<p class="byline">${byline(article)}</p>
</article></li>`,
  )}</ol>`;
}

function heading(level: 2 | 3, content: Html): Html {
  return level === 2 ? html`<h2>${content}</h2>` : html`<h3>${content}</h3>`;
}

function byline({ author, publishedAt }: ArticleSummary): Html {
  return author ? html`${authorLink(author)} · ${time(publishedAt, "date")}` : time(publishedAt, "date");
}

function authorLink(author: Named): Html {
  return html`<a href="/author/${encodeURIComponent(author.slug)}">${author.name}</a>`;
}

function tagList(tags: readonly Named[]): Html {
  return html`<ul class="tags">${tags.map(
    (tag) => html`<li><a href="/tag/${encodeURIComponent(tag.slug)}">${tag.name}</a></li>`,
  )}</ul>`;
}

function contents(sections: readonly Section[]): Html | undefined {
  if (sections.length < 3) {
    return undefined;
  }
  return html`<nav class="contents" aria-label="On this page"><p>On this page</p><ol>${sections.map(
    ({ id, title }) => html`<li><a href="#${id}">${title}</a></li>`,
  )}</ol></nav>`;
}

function comments({ comments: shown, commentCount }: Article): Html | undefined {
  if (shown.length === 0) {
    return undefined;
  }
  const count = commentCount > shown.length ? `newest ${shown.length} of ${commentCount}` : String(commentCount);
  return html`<section class="comments" aria-labelledby="comments"><h2 id="comments">Comments <span>${count}</span></h2>
<ol>${shown.map(commentItem)}</ol></section>`;
}

function commentItem(comment: Comment): Html {
  const paragraphs = comment.body.split(/\n\s*\n/).map((paragraph) => html`<p>${paragraph}</p>`);
  const by = comment.author ? html`${authorLink(comment.author)} · ` : undefined;
  return html`<li><p class="byline">${by}${time(comment.createdAt, "date")}</p>${paragraphs}</li>`;
}
