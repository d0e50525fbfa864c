import { CACHE_CONTROL } from "../reader/index.js";
import { PAGE_HEADERS } from "./headers.js";

/** Answers 503 with a page of its own, when KV does not answer or a document cannot be shown; the cause is logged. */
export function outagePage(request: Request): Response {
  return new Response(request.method === "HEAD" ? null : PAGE, {
    status: 503,
    headers: { ...PAGE_HEADERS, "Cache-Control": CACHE_CONTROL.none, "Retry-After": "5" },
  });
}

const PAGE = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>Not available · Forebay</title>
<link rel="icon" href="/mark.svg" type="image/svg+xml">
<link rel="stylesheet" href="/site.css">
</head>
<body>
<header class="masthead"><a class="brand" href="/"><img src="/mark.svg" alt="" width="28" height="28">Forebay</a></header>
<main id="content"><header class="opening">
<p class="kind">503</p>
<h1>This page cannot be shown right now.</h1>
<p class="lead">Its document could not be read. Nothing is lost; please try again in a moment.</p>
</header></main>
</body>
</html>
`;
