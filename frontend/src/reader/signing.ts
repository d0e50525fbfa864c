/**
 * HMAC-SHA256 with WebCrypto. Keys are imported once per secret and isolate; a promise of one is never kept, because
 * Workers forbid that one request waits for another's.
 */
const KEYS = new Map<string, CryptoKey>();

/** Returns the HMAC of a text's UTF-8 bytes as base64url. */
export async function sign(secret: string, text: string): Promise<string> {
  const mac = await crypto.subtle.sign("HMAC", await hmacKey(secret), new TextEncoder().encode(text));
  return toBase64Url(new Uint8Array(mac));
}

/** Returns whether the HMAC is the text's under one of the secrets; compares in constant time. */
export async function isSigned(secrets: readonly string[], text: string, mac: string): Promise<boolean> {
  const bytes = fromBase64Url(mac);
  if (bytes === undefined) {
    return false;
  }
  for (const secret of secrets) {
    if (await crypto.subtle.verify("HMAC", await hmacKey(secret), bytes, new TextEncoder().encode(text))) {
      return true;
    }
  }
  return false;
}

async function hmacKey(secret: string): Promise<CryptoKey> {
  let key = KEYS.get(secret);
  if (key === undefined) {
    const algorithm = { name: "HMAC", hash: "SHA-256" };
    key = await crypto.subtle.importKey("raw", new TextEncoder().encode(secret), algorithm, false, ["sign", "verify"]);
    KEYS.set(secret, key);
  }
  return key;
}

/** Returns bytes as base64url without padding. */
export function toBase64Url(bytes: Uint8Array): string {
  return btoa(String.fromCharCode(...bytes))
    .replaceAll("+", "-")
    .replaceAll("/", "_")
    .replaceAll("=", "");
}

/** Reads base64url without padding; undefined if the text is none, or not the one that encodes its bytes. */
export function fromBase64Url(text: string): Uint8Array<ArrayBuffer> | undefined {
  if (!/^[A-Za-z0-9_-]*$/.test(text) || text.length % 4 === 1) {
    return undefined;
  }
  const bytes = Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (char) => char.charCodeAt(0));
  return toBase64Url(bytes) === text ? bytes : undefined;
}

/** Returns the SHA-256 of a text's UTF-8 bytes in lower-case hexadecimal. */
export async function sha256(text: string): Promise<string> {
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text));
  return Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, "0")).join("");
}
