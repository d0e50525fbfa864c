package dev.forebay.model.file;

/**
 * A word or value of forebay.yaml and where it stands.
 *
 * @param value never empty
 * @param line counted from 1
 */
public record Text(String value, int line) {}
