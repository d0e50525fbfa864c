package dev.forebay.api.touch;

import dev.forebay.api.token.Touched;

/**
 * What a transaction has touched.
 *
 * @param touched as read models see it
 * @param history of the database in which the transaction's id means something
 */
public record Outcome(Touched touched, String history) {}
