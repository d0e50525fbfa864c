package dev.forebay.worker.resync;

/**
 * A resync that is due or under way, for operators.
 *
 * @param reason why it was asked for
 * @param settled documents so far
 * @param total about how many there are; -1 until it has begun
 * @param perSecond documents settled per second since this process went on with it; 0 if unknown
 */
public record ResyncStatus(String reason, long settled, long total, double perSecond) {

  /** One that has not begun. */
  public static ResyncStatus due(String reason) {
    return new ResyncStatus(reason, 0, -1, 0);
  }
}
