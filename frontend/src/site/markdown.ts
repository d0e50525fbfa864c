import { Marked, type Token, type Tokens } from "marked";
import { escapeHtml, type Html, trusted } from "./html.js";

/** A heading of the second level, for the list beside a long article. */
export interface Section {
  readonly id: string;
  readonly title: string;
}

export interface Rendered {
  readonly content: Html;
  readonly sections: readonly Section[];
}

/**
 * Renders Markdown that is not trusted.
 *
 * Raw HTML is shown as text. Links go to http, https or a place on this site; any other is shown as its text. An image
 * becomes a link to it, so that opening a page calls nobody else's server. Headings start at the second level, since
 * the page's title is the first.
 */
export function renderMarkdown(source: string): Rendered {
  const sections: Section[] = [];
  const ids = new Set<string>();
  const marked = new Marked({
    gfm: true,
    renderer: {
      html: ({ text }: Tokens.HTML | Tokens.Tag) => escapeHtml(text),
      // The library passes text on as it is after a raw <kbd>, <pre> or <script>; here those tags are text themselves.
      text(token) {
        return "tokens" in token && token.tokens ? this.parser.parseInline(token.tokens) : escapeText(token.text);
      },
      link(token) {
        return anchor(token.href, this.parser.parseInline(token.tokens));
      },
      image: ({ href, text }) => anchor(href, escapeHtml(text || href)),
      heading({ tokens, depth }) {
        const title = plainText(tokens);
        const level = Math.max(2, depth);
        const id = uniqueId(title, ids);
        if (level === 2) {
          sections.push({ id, title });
        }
        return `<h${level} id="${id}">${this.parser.parseInline(tokens)}</h${level}>\n`;
      },
      table(token) {
        const cells = (row: Tokens.TableCell[], tag: string) =>
          row.map((cell) => `<${tag}>${this.parser.parseInline(cell.tokens)}</${tag}>`).join("");
        const rows = token.rows.map((row) => `<tr>${cells(row, "td")}</tr>`).join("");
        // Focusable, so that a table wider than the screen can be scrolled from the keyboard.
        return `<div class="wide" tabindex="0"><table><thead><tr>${cells(token.header, "th")}</tr></thead><tbody>${rows}</tbody></table></div>\n`;
      },
    },
  });
  return { content: trusted(marked.parse(source, { async: false })), sections };
}

function anchor(href: string, label: string): string {
  return isSafeLink(href) ? `<a href="${escapeHtml(href)}" rel="nofollow noopener">${label}</a>` : label;
}

/** Parses as a browser will, which drops tabs, line breaks and leading controls from a scheme. */
function isSafeLink(href: string): boolean {
  const url = URL.parse(href, "https://site.invalid/");
  return url !== null && (url.protocol === "https:" || url.protocol === "http:");
}

/** Escapes text in which character references such as `&copy;` keep their meaning, as Markdown has it. */
function escapeText(text: string): string {
  return text.replace(/&(?!#?\w+;)|[<>"']/g, escapeHtml);
}

function uniqueId(title: string, taken: Set<string>): string {
  const base = `on-${title.toLowerCase().replace(/[^a-z0-9]+/g, "-")}`.replace(/-+$/, "");
  let id = base;
  for (let n = 2; taken.has(id); n++) {
    id = `${base}-${n}`;
  }
  taken.add(id);
  return id;
}

function plainText(tokens: Token[]): string {
  return tokens
    .map((token) => ("tokens" in token && token.tokens ? plainText(token.tokens) : "text" in token ? token.text : ""))
    .join("");
}
