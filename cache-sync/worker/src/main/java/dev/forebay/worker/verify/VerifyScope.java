package dev.forebay.worker.verify;

import dev.forebay.model.DocumentKey;
import java.util.Set;

/**
 * What is verified.
 *
 * @param models by name, also such as the file declares no more
 * @param samplePercent how many of the documents are built or read, above 0 and at most 100; KV is
 *     always listed whole
 * @param deep whether values are read and not only their labels
 */
public record VerifyScope(Set<String> models, double samplePercent, boolean deep) {

  private static final int PARTS = 10_000;
  private static final double PARTS_PER_PERCENT = 100;

  public VerifyScope {
    if (!(samplePercent > 0 && samplePercent <= 100)) {
      throw new IllegalArgumentException("a sample is above 0 and at most 100 percent");
    }
    models = Set.copyOf(models);
  }

  /** Whether the sample holds this document; the same ones each time. */
  boolean holds(DocumentKey key) {
    // String.hashCode is the same in every process; its low bits alone are not spread well.
    int spread = key.kvKey().hashCode() * 0x9E3779B9;
    return Integer.remainderUnsigned(spread >>> 7, PARTS) < samplePercent * PARTS_PER_PERCENT;
  }
}
