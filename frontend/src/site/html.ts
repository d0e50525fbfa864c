/** Markup that is safe to send: made by the `html` tag, or vouched for with `trusted`. */
export class Html {
  constructor(readonly markup: string) {}
}

type Value = Html | string | number | undefined | readonly Html[];

/** Builds markup; every value that is not markup already is escaped, undefined becomes nothing. */
export function html(strings: TemplateStringsArray, ...values: Value[]): Html {
  return new Html(strings.reduce((all, part, i) => all + render(values[i - 1]) + part));
}

/** Vouches for markup whose unsafe parts are escaped already. */
export function trusted(markup: string): Html {
  return new Html(markup);
}

function render(value: Value): string {
  if (value === undefined) {
    return "";
  }
  if (value instanceof Html) {
    return value.markup;
  }
  return typeof value === "object" ? value.map((part) => part.markup).join("") : escapeHtml(String(value));
}

/** Escapes text for element content and for attribute values in quotes. */
export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (char) => `&#${char.charCodeAt(0)};`);
}
