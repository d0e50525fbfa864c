package dev.forebay.api.token;

import dev.forebay.model.Snapshot;
import java.util.Base64;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * What a token demands of one document's version. Immutable.
 *
 * <p>Content: a client that was served {@code content} in {@code seen} is as well served by the
 * same bytes of an older snapshot, as long as no transaction has touched the document since. A
 * snapshot that was too long is {@linkplain Snapshot#roundedUp rounded up}, and {@code content} was
 * read in less than it demands. So whenever it takes in something else, {@code content} stays only
 * if even the surely known part of it, what is below {@code xmin}, sees that: this errs towards
 * stale.
 *
 * @param xids transactions that must be visible, at most {@link #MAX_XID}; those that {@code seen}
 *     sees are left out
 * @param seen all that this sees must be visible; null if nothing was served yet
 * @param content the bytes served in {@code seen}: the first 16 of their SHA-256 in base64url, or
 *     {@link #ABSENT}; counts only without {@code xids}; null if unknown
 */
public record Requirement(SortedSet<Long> xids, @Nullable Snapshot seen, @Nullable String content) {

  /** The content of a document that does not exist. */
  public static final String ABSENT = "-";

  /** A ceiling above it still fits into 64 bits with their sign. */
  static final long MAX_XID = Long.MAX_VALUE - 1;

  private static final int CONTENT_BYTES = 16;

  public Requirement {
    if (content != null && seen == null) {
      throw new IllegalArgumentException("content without the snapshot in which it was served");
    }
    SortedSet<Long> left = new TreeSet<>();
    for (long xid : xids) {
      if (seen == null || !seen.sees(xid)) {
        left.add(xid);
      } else if (!surely(seen).sees(xid)) {
        content = null;
      }
    }
    xids = Collections.unmodifiableSortedSet(left);
  }

  /** Demands that one transaction be visible. */
  static Requirement of(long xid) {
    return new Requirement(new TreeSet<>(List.of(xid)), null, null);
  }

  /** The form in which a token holds content: of its SHA-256 in hexadecimal, null for none. */
  public static String content(@Nullable String hash) {
    if (hash == null) {
      return ABSENT;
    }
    byte[] first = HexFormat.of().parseHex(hash, 0, 2 * CONTENT_BYTES);
    return Base64.getUrlEncoder().withoutPadding().encodeToString(first);
  }

  /**
   * Whether a version built in this snapshot has all that is demanded.
   *
   * <p>False says less of a snapshot that was taken on the primary after the token came: all that
   * the client knows of was committed before, so such a version is new enough, yet a rounded
   * snapshot may demand transactions that still run.
   */
  public boolean isMetBy(Snapshot snapshot) {
    return xids.stream().allMatch(snapshot::sees) && (seen == null || snapshot.seesAllOf(seen));
  }

  /**
   * Whether a version with these bytes is as good, however old it is.
   *
   * @param hash SHA-256 of its UTF-8 in lower-case hexadecimal, null if there is no document
   */
  public boolean isMetByContent(@Nullable String hash) {
    return xids.isEmpty() && content != null && content.equals(content(hash));
  }

  /** Demands what both demand, and where they cannot be compared a little more. */
  Requirement merge(Requirement other) {
    SortedSet<Long> all = new TreeSet<>(xids);
    all.addAll(other.xids);
    if (seen == null || other.seen == null) {
      return seen == null
          ? new Requirement(all, other.seen, other.content)
          : new Requirement(all, seen, content);
    }
    if (seen.equals(other.seen)) {
      return new Requirement(all, seen, sameSnapshot(seen, content, other.content));
    }
    if (isNewer(seen, other.seen)) {
      return new Requirement(all, seen, surely(seen).seesAllOf(other.seen) ? content : null);
    }
    if (isNewer(other.seen, seen)) {
      boolean stays = surely(other.seen).seesAllOf(seen);
      return new Requirement(all, other.seen, stays ? other.content : null);
    }
    long xmax = Math.max(seen.xmax(), other.seen.xmax());
    return new Requirement(all, Snapshot.below(xmax), null);
  }

  private static @Nullable String sameSnapshot(
      Snapshot seen, @Nullable String one, @Nullable String other) {
    if (one != null && other != null) {
      return one.equals(other) ? one : null;
    }
    // Two that were rounded up to the same may have been two.
    boolean exact = surely(seen).equals(seen);
    return exact ? (one == null ? other : one) : null;
  }

  /** Of two that see the same the one with the larger xmin is newer, for both orders alike. */
  private static boolean isNewer(Snapshot one, Snapshot other) {
    return one.seesAllOf(other) && (!other.seesAllOf(one) || one.xmin() > other.xmin());
  }

  /** What the snapshot in which content was read has seen for certain. */
  private static Snapshot surely(Snapshot seen) {
    return seen.inProgress().findAny().isPresent() ? seen : seen.shortened();
  }
}
