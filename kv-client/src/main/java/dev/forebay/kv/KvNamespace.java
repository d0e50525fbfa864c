package dev.forebay.kv;

/**
 * A namespace of an account.
 *
 * @param id what the API knows it by
 * @param title what people know it by, unique in its account
 */
public record KvNamespace(String id, String title) {}
