// The main job as a person sees it: a change written through the API appears on a page that is open in a browser.
// Needs a running Forebay with the example: SITE_URL, API_URL and API_KEY say where; CHROMIUM may name a browser.

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { after, afterEach, before, beforeEach, test } from "node:test";
import { fileURLToPath } from "node:url";
import { chromium } from "playwright-core";

/** From the answer of the API to the changed page: the pipeline, and the script that looks every two seconds. */
const SEEN_WITHIN_MS = 5_000;
/** For states that a test only needs before it can begin, such as a new article's page. */
const PATIENCE_MS = 15_000;

const site = required("SITE_URL");
const api = required("API_URL");
const key = required("API_KEY");

let browser;
let page;
let faults;

before(async () => {
  const finder = fileURLToPath(new URL("../../scripts/find-chromium.mjs", import.meta.url));
  const executablePath = execFileSync(process.execPath, [finder], { encoding: "utf8", stdio: ["ignore", "pipe", 2] });
  browser = await chromium.launch({
    executablePath: executablePath.trim(),
    args: [
      "--no-sandbox",
      "--disable-gpu",
      "--disable-quic",
      "--no-first-run",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
    ],
  });
});

after(() => browser?.close());

beforeEach(async () => {
  page = await browser.newPage();
  faults = [];
  page.on("pageerror", (error) => faults.push(`script error: ${error.message}`));
  page.on("console", (message) => {
    // The browser itself reports each 404 as an error; a test that removes an article wants one.
    if (message.type() === "error" && !message.text().includes("status of 404")) {
      faults.push(`console: ${message.text()}`);
    }
  });
});

afterEach(async () => {
  await page.close();
  assert.deepEqual(faults, [], "the browser reported faults");
});

test("docs_page shows every operation, and nothing that the policy forbids", async () => {
  await page.goto(`${api}/docs#article-create`);
  await page.waitForSelector("#article-create[open]");
  const described = await (await fetch(`${api}/openapi.json`)).json();
  const operations = Object.values(described.paths).flatMap((path) =>
    ["get", "post", "put", "patch", "delete"].filter((method) => path[method]),
  );
  assert.equal(await page.locator(".operation").count(), operations.length);
  assert.match(await page.locator("#article-create").innerText(), /published_at\s*string<date-time>/);
});

test("page_changedTitle appears without a reload", async (t) => {
  const article = await document("/api/article/the-one-idea");
  const title = `A hint & <nothing> more, ${stamp()}`;
  await open(`/article/${article.slug}`, article.title);
  try {
    await write("PATCH", `/v1/article/${article.id}`, { title });
    t.diagnostic(`seen after ${await headingWithin(SEEN_WITHIN_MS, title)} ms`);
    assert.equal(await page.title(), `${title} · Forebay`);
    assert.equal(await page.locator("#live").textContent(), "This page has just been updated.");
    assert.equal((await document("/api/article/the-one-idea")).title, title);
  } finally {
    await write("PATCH", `/v1/article/${article.id}`, { title: article.title });
  }
  await headingWithin(SEEN_WITHIN_MS, article.title);
});

test("page_renamedAuthor appears on every article of that author", async (t) => {
  const author = await document("/api/author/forebay-core");
  assert.ok(author.articles.length > 1, "the example has several articles by this author");
  const name = `Core, renamed ${stamp()}`;
  await open(`/article/${author.articles[0].slug}`, author.articles[0].title);
  try {
    await write("PATCH", `/v1/author/${author.id}`, { name });
    const started = performance.now();
    await page.locator(".opening .byline", { hasText: name }).waitFor({ timeout: SEEN_WITHIN_MS });
    t.diagnostic(`seen after ${Math.round(performance.now() - started)} ms`);
    await notReloaded();
    for (const { slug } of author.articles) {
      await until(
        async () => (await document(`/api/article/${slug}`)).author.name === name,
        `${slug} names its author`,
      );
    }
    await page.goto(`${site}/author/${author.slug}`);
    assert.equal(await page.locator("h1").textContent(), name);
  } finally {
    await write("PATCH", `/v1/author/${author.id}`, { name: author.name });
  }
});

test("page_newArticle appears, and ends when it is deleted", async (t) => {
  const author = await document("/api/author/forebay-edge");
  const slug = `grüße/${stamp()}`;
  const path = `/article/${encodeURIComponent(slug)}`;
  const title = `Greetings ${stamp()}`;
  await open("/", "The calm pool in front of your database.");
  const created = await write("POST", "/v1/article", {
    slug,
    title,
    body: "Hello **there** <script>document.title = 'owned'</script>",
    status: "published",
    author_id: author.id,
  });
  const location = created.headers.get("Location");
  assert.ok(location, "the API says where the new row is");
  try {
    await page.getByRole("link", { name: title }).waitFor({ timeout: SEEN_WITHIN_MS });
    await until(async () => (await fetch(`${site}/api${path}`)).status === 200, "the new document is there");
    await open(path, title);
    assert.equal(await page.locator(".prose strong").textContent(), "there");
    assert.equal(await page.locator(".prose script").count(), 0);
    assert.equal(await page.title(), `${title} · Forebay`);
  } finally {
    await write("DELETE", new URL(location, api).pathname);
  }
  t.diagnostic(`gone after ${await headingWithin(SEEN_WITHIN_MS, "There is no page here.")} ms`);
  assert.equal((await fetch(`${site}/api${path}`)).status, 404);
  assert.equal((await page.goto(site + path)).status(), 404);
});

test("page_unknown is a 404 with the site's own page", async () => {
  const answer = await page.goto(`${site}/no/such/page`);
  assert.equal(answer.status(), 404);
  assert.equal(await page.locator("h1").textContent(), "There is no page here.");
});

/** Opens a page and leaves a mark in its window, which a reload would wipe out. */
async function open(path, heading) {
  const answer = await page.goto(site + path);
  assert.equal(answer.status(), 200, `${path} is there`);
  assert.equal(await page.locator("h1").textContent(), heading);
  await page.evaluate(() => {
    window.opened = true;
  });
}

async function notReloaded() {
  assert.equal(await page.evaluate(() => window.opened), true, "the page was not reloaded");
}

/** Waits for a heading and returns after how many milliseconds it was there. */
async function headingWithin(timeout, text) {
  const started = performance.now();
  await page.getByRole("heading", { level: 1, name: text, exact: true }).waitFor({ timeout });
  await notReloaded();
  return Math.round(performance.now() - started);
}

async function document(path) {
  const answer = await fetch(site + path);
  assert.equal(answer.status, 200, `GET ${path}`);
  return await answer.json();
}

async function write(method, path, body) {
  const answer = await fetch(api + path, {
    method,
    headers: {
      Authorization: `Bearer ${key}`,
      "Content-Type": method === "PATCH" ? "application/merge-patch+json" : "application/json",
    },
    body: body && JSON.stringify(body),
  });
  assert.ok(answer.ok, `${method} ${path}: ${answer.status} ${await answer.clone().text()}`);
  return answer;
}

async function until(condition, what) {
  const end = performance.now() + PATIENCE_MS;
  while (!(await condition())) {
    assert.ok(performance.now() < end, `not within ${PATIENCE_MS} ms: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

/** Tells one run's texts from another's. */
function stamp() {
  return Date.now().toString(36);
}

function required(name) {
  const value = process.env[name];
  assert.ok(value, `${name} is not set; start ops/dev and take the value it prints`);
  return value.replace(/\/$/, "");
}
