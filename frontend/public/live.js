// Keeps the page true while somebody looks at it. Every two seconds it asks for the page's document with the ETag it
// has: an unchanged document costs an answer without a body. A changed one swaps the page's content in place, so that
// rendering is written once, in the Function. Hidden pages ask nothing.

const EVERY_MS = 2_000;
const AFTER_FAILURE_MS = 10_000;
const NOTICE_MS = 6_000;

const live = /** @type {HTMLElement} */ (document.getElementById("live"));
const api = document.body.dataset.api;
let etag = document.body.dataset.etag ?? "";
let notice = 0;

/** Asks for the document and shows it if it is another one; returns how long to wait before the next time. */
async function look() {
  try {
    const answer = await fetch(String(api), {
      method: "HEAD",
      cache: "no-store",
      headers: etag === "" ? {} : { "If-None-Match": etag },
    });
    const gone = answer.status === 404;
    if (answer.status === 304 || (gone && etag === "")) {
      return EVERY_MS;
    }
    return (answer.ok || gone) && (await swap()) ? EVERY_MS : AFTER_FAILURE_MS;
  } catch {
    // Offline, or the site is being deployed: the page stays as it is.
    return AFTER_FAILURE_MS;
  }
}

/** Fetches this page anew and takes over its content; returns false if that cannot be done now. */
async function swap() {
  const answer = await fetch(location.href, { cache: "no-store" });
  const next = new DOMParser().parseFromString(await answer.text(), "text/html");
  const content = next.getElementById("content");
  if (content === null || answer.status >= 500) {
    return false;
  }
  const nextEtag = next.body.dataset.etag ?? "";
  if (nextEtag !== etag) {
    etag = nextEtag;
    document.title = next.title;
    document.getElementById("content")?.replaceWith(document.adoptNode(content));
    showAges();
    announce(answer.ok ? "This page has just been updated." : "This page has been removed.");
  }
  return true;
}

/** @param {string} text */
function announce(text) {
  live.textContent = text;
  clearTimeout(notice);
  notice = setTimeout(() => live.replaceChildren(), NOTICE_MS);
}

const RELATIVE = new Intl.RelativeTimeFormat("en", { numeric: "auto" });
/** @type {[Intl.RelativeTimeFormatUnit, number][]} */
const UNITS = [
  ["day", 86_400],
  ["hour", 3_600],
  ["minute", 60],
  ["second", 1],
];

/** Puts "3 minutes ago" where the page has a date and time; those stay as the tooltip. */
function showAges() {
  for (const time of document.querySelectorAll("time.age")) {
    if (!(time instanceof HTMLTimeElement)) {
      continue;
    }
    time.title ||= time.textContent ?? "";
    const seconds = Math.max(0, (Date.now() - Date.parse(time.dateTime)) / 1_000);
    const [unit, size] = UNITS.find(([, size]) => seconds >= size) ?? ["second", 1];
    const text = RELATIVE.format(-Math.floor(seconds / size), unit);
    if (time.textContent !== text) {
      time.textContent = text;
    }
  }
}

/** Resolves when somebody can see the page. */
async function visible() {
  while (document.visibilityState !== "visible") {
    await new Promise((resolve) => document.addEventListener("visibilitychange", resolve, { once: true }));
  }
}

showAges();
setInterval(showAges, 1_000);
while (api) {
  await visible();
  const wait = await look();
  await new Promise((resolve) => setTimeout(resolve, wait));
}
