package dev.forebay.api.origin;

import dev.forebay.api.token.Requirement;
import dev.forebay.model.Snapshot;
import java.util.Optional;

/** What the tokens of a request demand of the document that it asks for. */
@FunctionalInterface
interface Demand {

  /** What they demand of a version of this history; empty: nothing. */
  Optional<Requirement> on(String history);

  /**
   * Whether a version does, whenever it was made. Where nothing is demanded of it, it does not: a
   * token of the history that has just begun says nothing of the one before.
   */
  default boolean isMetBy(Version version) {
    return on(version.history()).filter(one -> isMet(one, version)).isPresent();
  }

  /**
   * Whether a version does whose snapshot was taken on the primary after the request came.
   *
   * <p>A token that would be too long holds snapshots that are rounded up: they demand transactions
   * that its holder has not seen. One of those that still runs now had not committed when the
   * request came: nobody has seen it, and to wait for it would keep such readers away for as long
   * as the longest transaction takes.
   */
  default boolean isMetByNew(Version version) {
    return on(version.history())
        .map(one -> isMet(one, version) || isMetButForRounding(one, version.snapshot()))
        .orElse(true);
  }

  private static boolean isMet(Requirement requirement, Version version) {
    return requirement.isMetBy(version.snapshot())
        || requirement.isMetByContent(version.json() == null ? null : version.hash());
  }

  private static boolean isMetButForRounding(Requirement requirement, Snapshot now) {
    Snapshot seen = requirement.seen();
    return seen != null
        && seen.inProgress().findAny().isEmpty()
        && seen.xmax() <= now.xmax()
        && requirement.xids().stream().allMatch(now::sees);
  }
}
