import { ABSENT } from "./entry.js";
import { type Payload, parsePayload, printPayload } from "./payload.js";
import { fromBase64Url, isSigned, sign, toBase64Url } from "./signing.js";

/**
 * Returns what a token says, or undefined: whatever is too long, malformed, not as it would be printed, of another
 * version, signed with another secret or expired counts as no token.
 *
 * @param secrets the current one, and the previous one while secrets are changed
 * @param now in milliseconds since 1970
 */
export async function parseToken(text: string, secrets: readonly string[], now: number): Promise<Payload | undefined> {
  const [, signed, encoded = "", mac = ""] = (text.length <= MAX_CHARACTERS && TOKEN.exec(text)) || [];
  if (signed === undefined || !(await isSigned(secrets, `token\n${signed}`, mac))) {
    return undefined;
  }
  const payload = parsePayload(decodeUtf8(fromBase64Url(encoded)));
  const isPrinted = payload !== undefined && toBase64Url(utf8(printPayload(payload))) === encoded;
  return isPrinted && payload.expires * 1000 > now ? payload : undefined;
}

/** Returns the token that says this; the payload is within its bounds, see `boundPayload`. */
export async function issueToken(payload: Payload, secret: string): Promise<string> {
  const signed = `1.${toBase64Url(utf8(printPayload(payload)))}`;
  return `${signed}.${await sign(secret, `token\n${signed}`)}`;
}

/** Returns the id under which tokens name a document: short, and a collision only asks for more. */
export async function documentId(kvKey: string): Promise<string> {
  const digest = await crypto.subtle.digest("SHA-256", utf8(kvKey));
  return toBase64Url(new Uint8Array(digest, 0, 8));
}

/** Returns the mark by which tokens name a content: half of its hash, or ABSENT where there is no document. */
export function contentMark(hash: string | undefined): string {
  if (hash === undefined) {
    return ABSENT;
  }
  const bytes = Array.from({ length: 16 }, (_, i) => Number.parseInt(hash.slice(2 * i, 2 * i + 2), 16));
  return toBase64Url(Uint8Array.from(bytes));
}

function utf8(text: string) {
  return new TextEncoder().encode(text);
}

function decodeUtf8(bytes: Uint8Array | undefined): string {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    // Signed all the same, but nothing that can be read.
    return "";
  }
}

const TOKEN = /^(1\.([\w-]+))\.([\w-]{43})$/;
const MAX_CHARACTERS = 4_096;
