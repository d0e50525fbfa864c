package dev.forebay.model;

import org.jspecify.annotations.Nullable;

/**
 * One thing that is wrong before anything has started: what, where and what to do.
 *
 * @param where for people: {@code forebay.yaml:12 models.article.key}, {@code FOREBAY_KV_TOKEN},
 *     {@code database}
 * @param what the fault, one sentence
 * @param fix what to do about it, one sentence; null only where the fault or the mend says it
 * @param mend what SQL can do about it, or null
 */
public record Problem(String where, String what, @Nullable String fix, @Nullable Mend mend) {

  /** A problem that no SQL mends. */
  public Problem(String where, String what, @Nullable String fix) {
    this(where, what, fix, null);
  }

  /** Returns one line for a terminal, whatever the names in it hold. */
  @Override
  public String toString() {
    StringBuilder line = new StringBuilder(where).append(": ").append(what);
    if (fix != null) {
      line.append(' ').append(fix);
    } else if (mend != null) {
      line.append(' ').append(mend.words());
    }
    return line.toString().replaceAll("[\\p{Cntrl}\\u2028\\u2029]+", " ");
  }
}
