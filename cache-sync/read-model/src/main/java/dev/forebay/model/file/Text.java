package dev.forebay.model.file;

/**
 * A word or value of forebay.yaml and where it stands.
 *
 * @param value never empty
 * @param at of a word: itself; of a value: the word it is said of
 */
public record Text(String value, Location at) {}
