/**
 * Returns the key of a document in Workers KV: `{model}:{template with encoded values}`.
 *
 * The Java side writes under the same keys; the golden file keys.json owns the rule. Values are percent-encoded over
 * their UTF-8 bytes, all but `A–Z a–z 0–9 - . _ ~`, so that no value can contain a literal of the template.
 *
 * @param template as in forebay.yaml, for example `{slug}` or `{order_id}/{line_no}`; empty for a singleton
 * @param values one per placeholder, as PostgreSQL prints them
 * @throws RangeError if the number of values is wrong, or a value is no Unicode text (a lone surrogate)
 */
export function documentKey(model: string, template: string, values: readonly string[]): string {
  let used = 0;
  const key = template.replace(PLACEHOLDER, () => encodeValue(values[used++]));
  if (used !== values.length) {
    throw new RangeError(`model ${model} takes ${used} key values, not ${values.length}`);
  }
  return `${model}:${key}`;
}

const PLACEHOLDER = /\{[^{}]+\}/g;

function encodeValue(value: string | undefined): string {
  if (value === undefined || !value.isWellFormed()) {
    throw new RangeError(value === undefined ? "a key value is missing" : "a key value is no Unicode text");
  }
  return encodeURIComponent(value).replace(LEFT_BY_URI_RULES, percent);
}

/** What encodeURIComponent leaves as it is although RFC 3986 reserves it. */
const LEFT_BY_URI_RULES = /[!'()*]/g;

function percent(char: string): string {
  return `%${char.charCodeAt(0).toString(16).toUpperCase()}`;
}
