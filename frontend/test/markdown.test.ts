import { describe, expect, test } from "vitest";
import { renderMarkdown } from "../src/site/markdown.js";

const render = (source: string) => renderMarkdown(source).content.markup;

/**
 * Lists what a browser would see as elements, by the rule of HTML: a tag opens with `<` and a letter. Text that was
 * escaped has no such place.
 */
const elements = (markup: string) => [...markup.matchAll(/<([a-zA-Z][^\s/>]*)([^>]*)/g)].map(([tag]) => tag);

describe("untrusted content", () => {
  test.each([
    ["script", "<script>alert(1)</script>"],
    ["script in a paragraph", "Hello <script>alert(1)</script>"],
    ["event handler", '<img src=x onerror="alert(1)">'],
    ["unclosed tag", "<img src=x onerror=alert(1) //"],
    ["unclosed tag after a raw element", "a <kbd> <img src=x onerror=alert(1) //"],
    ["unclosed tag after a raw script", "a <script> <svg/onload=alert(1) //"],
    ["svg", "<svg/onload=alert(1)>"],
    ["iframe", '<iframe src="javascript:alert(1)"></iframe>'],
    ["comment", "<!-- --><b onclick=alert(1)>x</b>"],
    ["in a heading", "## <b onclick=alert(1)>x</b>"],
    ["in a table", "| <b onclick=alert(1)> |\n|---|\n| <i onclick=alert(1)> |"],
    ["in a list", "- <b onclick=alert(1)>"],
    ["in code", "`<b onclick=alert(1)>`"],
    ["in a block of code", "```\n</code></pre><script>alert(1)</script>\n```"],
    ["in a language", '```"><script>alert(1)</script>\nx\n```'],
    ["in a title", '[x](/a "\\"><script>alert(1)</script>")'],
    ["in an image's text", "![<script>alert(1)</script>](/a.png)"],
    ["an attribute out of a link", '[x](/a"onclick="alert(1))'],
    ["an attribute out of an autolink", 'https://a.invalid/"onclick="alert(1)'],
  ])("renderMarkdown_rawHtml is text: %s", (_, source) => {
    for (const element of elements(render(source))) {
      expect(element).toMatch(
        /^<(p|a href="[^"<>]*" rel="nofollow noopener"|h2 id="[a-z0-9-]+"|code( class="language-[^"<>]*")?|pre|ul|li|div class="wide" tabindex="0"|table|thead|tbody|tr|th|td)$/,
      );
    }
  });

  test.each([
    "javascript:alert(1)",
    "JaVaScRiPt:alert(1)",
    "java&#x0A;script:alert(1)",
    "&#1;javascript:alert(1)",
    "javascript&colon;alert(1)",
    "data:text/html,<script>alert(1)</script>",
    "vbscript:x",
    "file:///etc/passwd",
    "blob:https://a/b",
    "mailto:a@example.org",
  ])("renderMarkdown_link %s is no link", (href) => {
    for (const source of [`[x](<${href}>)`, `![x](<${href}>)`, `<${href}>`, `[x][1]\n\n[1]: <${href}>`]) {
      for (const element of elements(render(source))) {
        // A browser resolves what is left as a path of this site.
        const target = /href="([^"]*)"/.exec(element)?.[1] ?? "";
        expect(new URL(decode(target), "https://site.invalid/").protocol).toBe("https:");
      }
    }
  });

  test.each(["https://example.org/a?b=1", "http://example.org", "/article/x", "x", "#part", "?page=2", "../y"])(
    "renderMarkdown_link %s is a link",
    (href) => {
      expect(decode(render(`[x](${href})`))).toContain(`<a href="${href}" rel="nofollow noopener">x</a>`);
    },
  );
});

describe("prose", () => {
  test("renderMarkdown_text keeps its meaning", () => {
    expect(render("a < b & c &copy; \"d\" 'e'")).toBe("<p>a &#60; b &#38; c &copy; &#34;d&#34; &#39;e&#39;</p>\n");
  });

  test("renderMarkdown_headings start at the second level and are listed", () => {
    const { content, sections } = renderMarkdown("# What `is` it\n\n## What is it\n\n### Deeper");
    expect(content.markup).toContain('<h2 id="on-what-is-it">What <code>is</code> it</h2>');
    expect(content.markup).toContain('<h2 id="on-what-is-it-2">');
    expect(content.markup).toContain('<h3 id="on-deeper">');
    expect(sections).toEqual([
      { id: "on-what-is-it", title: "What is it" },
      { id: "on-what-is-it-2", title: "What is it" },
    ]);
  });

  test("renderMarkdown_image is a link, so that no other server is called", () => {
    expect(render("![A pool](https://example.org/pool.png)")).toBe(
      '<p><a href="https://example.org/pool.png" rel="nofollow noopener">A pool</a></p>\n',
    );
  });

  test("renderMarkdown_table can be scrolled", () => {
    expect(render("| a |\n|---|\n| **b** |")).toContain("<tr><td><strong>b</strong></td></tr>");
  });
});

/** Decodes character references once, as a browser does; the names are those that the tests use. */
function decode(markup: string): string {
  return markup.replace(/&(?:#(\d+)|colon|amp);/g, (reference, code) =>
    code ? String.fromCharCode(Number(code)) : reference === "&amp;" ? "&" : ":",
  );
}
