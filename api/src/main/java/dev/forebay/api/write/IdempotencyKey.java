package dev.forebay.api.write;

/**
 * By which a client marks repetitions of one request
 * (draft-ietf-httpapi-idempotency-key-header-07).
 *
 * @param key as the client chose it, unique for its principal
 * @param fingerprint of all that the request asks for
 */
public record IdempotencyKey(String key, String fingerprint) {}
