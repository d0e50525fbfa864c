package dev.forebay.model;

/**
 * One consequence of a changed row: this document must be built again.
 *
 * @param change index of the row in the list that was routed
 * @param key the document
 */
public record Affected(int change, DocumentKey key) {}
