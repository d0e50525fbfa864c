package dev.forebay.model;

import org.jspecify.annotations.Nullable;

/**
 * One thing that is wrong before anything has started: what, where and what to do.
 *
 * @param where for people: {@code forebay.yaml:12}, {@code FOREBAY_KV_TOKEN}, {@code database}
 * @param what the fault, one sentence
 * @param fix what to do about it, one sentence; null only where the fault says it already
 */
public record Problem(String where, String what, @Nullable String fix) {

  /** Returns one line for a terminal. */
  @Override
  public String toString() {
    return where + ": " + what + (fix == null ? "" : " " + fix);
  }
}
