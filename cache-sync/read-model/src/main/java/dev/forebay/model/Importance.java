package dev.forebay.model;

/**
 * How much it matters that a model's documents are written soon, where not all of them can be: the
 * least important ones wait first.
 */
public enum Importance {
  LOW,
  NORMAL,
  HIGH
}
