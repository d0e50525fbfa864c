package dev.forebay.kv.contract;

/**
 * Where a server that speaks Cloudflare's KV API differs from it. The contract asserts the
 * difference too, so that a gap which closes is noticed.
 *
 * <p>All of them are gaps of {@code wrangler pages dev} 4.155.0; the emulator has none.
 */
enum Gap {
  /** Any token, or none, may do everything. */
  NO_AUTHENTICATION,
  /** Every namespace id exists. */
  ANY_NAMESPACE,
  /** Namespaces can be listed, but not looked up, made, renamed or deleted. */
  NAMESPACES_FIXED,
  /** There is no endpoint for a key's metadata alone. */
  NO_METADATA_ENDPOINT,
  /** A single write forgets the expiration. */
  SINGLE_PUT_NEVER_EXPIRES,
  /** A cursor that was never given out lists nothing instead of being refused. */
  ANY_CURSOR,
  /** A key may be written as often as one likes. */
  NO_KEY_FLOOR
}
