import { sign, toBase64Url } from "./signing.js";

/**
 * Returns the header Forebay-Edge: it says to the API that the site asks for this key, on behalf of this address, and
 * holds for half a minute.
 *
 * @param now in milliseconds since 1970
 */
export async function edgeSignature(secret: string, client: string, kvKey: string, now: number): Promise<string> {
  const address = toBase64Url(new TextEncoder().encode(client).subarray(0, MAX_CLIENT_BYTES));
  const signed = `1.${Math.floor(now / 1000) + SECONDS}.${address}`;
  return `${signed}.${await sign(secret, `edge\n${signed}.${kvKey}`)}`;
}

/** The API takes 60 at most; the clocks of both may differ. */
const SECONDS = 30;
const MAX_CLIENT_BYTES = 64;
