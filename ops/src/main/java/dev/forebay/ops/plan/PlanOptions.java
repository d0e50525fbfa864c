package dev.forebay.ops.plan;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * How a plan is made.
 *
 * @param from the forebay.yaml that stands for "before" in the diff; null for the one that a worker
 *     applied last
 * @param samplePercent how much of each model is built, above 0 and at most 100
 * @param diff sample documents to show before and after, 0 to {@link #MOST_DIFFS}
 * @param all whether models are built whose declaration is the applied one
 */
public record PlanOptions(@Nullable Path from, double samplePercent, int diff, boolean all) {

  /** More documents than anybody reads. */
  public static final int MOST_DIFFS = 100;

  /** Everything is built, three documents are shown. */
  public static final PlanOptions DEFAULT = new PlanOptions(null, 100, 3, false);

  /**
   * @throws IllegalArgumentException naming the option that is out of its range
   */
  public PlanOptions {
    if (!(samplePercent > 0 && samplePercent <= 100)) {
      throw new IllegalArgumentException(
          "--sample is a percentage above 0 and at most 100, not " + samplePercent);
    }
    if (diff < 0 || diff > MOST_DIFFS) {
      throw new IllegalArgumentException("--diff is a number from 0 to 100, not " + diff);
    }
  }

  /** Of how many pages of keys one is built. */
  int pagesPerBuilt() {
    return (int) Math.max(1, Math.min(1_000_000, Math.round(100 / samplePercent)));
  }
}
