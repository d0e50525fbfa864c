package dev.forebay.model;

import java.util.Arrays;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;

/**
 * A PostgreSQL snapshot ({@code pg_snapshot}): which transactions a document's version contains.
 *
 * <p>Snapshots of one primary are totally ordered by what they see. Transaction ids here have 64
 * bits; those in the log have 32, see {@link #widen}.
 */
public final class Snapshot {

  private static final long EPOCH = 1L << 32;

  private final long xmin;
  private final long xmax;
  private final long[] inProgress;

  /** Every document of a batch asks for it; who comes first writes it, and so does a second. */
  private @Nullable String text;

  private Snapshot(long xmin, long xmax, long[] inProgress) {
    this.xmin = xmin;
    this.xmax = xmax;
    this.inProgress = inProgress;
  }

  /**
   * Reads PostgreSQL's text form, {@code xmin:xmax:xip,xip…}.
   *
   * @throws IllegalArgumentException if the text is not a snapshot
   */
  public static Snapshot parse(String text) {
    String[] parts = text.split(":", -1);
    if (parts.length != 3) {
      throw new IllegalArgumentException("not a pg_snapshot: " + text);
    }
    long[] inProgress =
        parts[2].isEmpty()
            ? new long[0]
            : Arrays.stream(parts[2].split(",", -1)).mapToLong(Long::parseLong).sorted().toArray();
    return new Snapshot(Long.parseLong(parts[0]), Long.parseLong(parts[1]), inProgress);
  }

  /** Returns the snapshot that sees every id below {@code xmax}, and no other. */
  public static Snapshot below(long xmax) {
    return new Snapshot(xmax, xmax, new long[0]);
  }

  /** Returns whether the effects of the (committed) transaction are in this snapshot. */
  public boolean sees(long xid) {
    return xid < xmin || (xid < xmax && Arrays.binarySearch(inProgress, xid) < 0);
  }

  /** Returns whether this snapshot sees everything that the other one sees. */
  public boolean seesAllOf(Snapshot other) {
    return other.xmax <= xmax && Arrays.stream(inProgress).noneMatch(other::sees);
  }

  /**
   * Returns the 64-bit id of a transaction that the log names by its low 32 bits.
   *
   * <p>Exact while the transaction is within 2^31 of this snapshot, which PostgreSQL guarantees for
   * every id that is still in use.
   *
   * @param xid32 0 to 2^32 − 1
   */
  public long widen(long xid32) {
    long candidate = (xmax & -EPOCH) | xid32;
    if (candidate - xmax > EPOCH / 2) {
      return candidate - EPOCH;
    }
    return xmax - candidate > EPOCH / 2 ? candidate + EPOCH : candidate;
  }

  /** The first id that was not yet assigned: every id from here on is invisible. */
  public long xmax() {
    return xmax;
  }

  /** The oldest id still running: every id below is visible, or was rolled back. */
  public long xmin() {
    return xmin;
  }

  /**
   * Returns a shorter snapshot that sees no transaction which this one does not: it may call a
   * fresh document stale, never a stale one fresh.
   */
  public Snapshot shortened() {
    return new Snapshot(xmin, xmin, new long[0]);
  }

  /**
   * Returns a shorter snapshot that sees all that this one sees and may see more, up to {@link
   * #xmax}. It keeps xmin: what is below is seen by both.
   */
  public Snapshot roundedUp() {
    return new Snapshot(xmin, xmax, new long[0]);
  }

  /** Returns the ids below {@link #xmax} that are invisible all the same, ascending. */
  public LongStream inProgress() {
    return LongStream.of(inProgress);
  }

  /** Returns PostgreSQL's text form. */
  @Override
  public String toString() {
    String known = text;
    if (known == null) {
      known =
          xmin
              + ":"
              + xmax
              + ":"
              + LongStream.of(inProgress).mapToObj(Long::toString).collect(Collectors.joining(","));
      text = known;
    }
    return known;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Snapshot that
        && xmin == that.xmin
        && xmax == that.xmax
        && Arrays.equals(inProgress, that.inProgress);
  }

  @Override
  public int hashCode() {
    return Long.hashCode(xmin * 31 + xmax) * 31 + Arrays.hashCode(inProgress);
  }
}
