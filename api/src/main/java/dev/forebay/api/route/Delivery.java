package dev.forebay.api.route;

import dev.forebay.api.http.Answer;
import dev.forebay.api.http.Gate;
import dev.forebay.api.http.JsonBody;
import dev.forebay.api.settle.Settlement;
import dev.forebay.api.token.Touched;
import dev.forebay.api.write.Reply;
import io.javalin.http.Context;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** How replies reach clients: at once, or when KV has what they are about. Safe for any thread. */
public final class Delivery {

  /** Says whether KV has accepted every document that the write touched. */
  public static final String WAIT = "Forebay-Wait";

  private static final String APPLIED = "applied";
  private static final String PENDING = "pending";

  private final @Nullable Settlement settlement;

  /**
   * @param settlement how to wait; null: it is not known what writes touch
   */
  public Delivery(@Nullable Settlement settlement) {
    this.settlement = settlement;
  }

  /** Reads what the client prefers, as {@link Preference#of} does. */
  Preference preference(Context context) {
    return Preference.of(context, settlement != null);
  }

  /** Sends a reply; nothing about the answer can be changed afterwards. */
  void send(Context context, Preference preference, Reply reply) {
    context.status(reply.status());
    reply.headers().forEach(context::header);
    Duration most = preference.longestWait();
    Touched touched = reply.touched();
    if (most != null && settlement != null && touched != null) {
      // The write is done: whatever happens now, it must not be answered as if it were not.
      Gate.release(context);
      context.header(WAIT, isApplied(settlement, touched, most) ? APPLIED : PENDING);
      String others = reply.headers().get(Preference.APPLIED);
      String wait = "wait=" + most.toSeconds();
      context.header(Preference.APPLIED, others == null ? wait : others + ", " + wait);
    }
    if (reply.body() != null) {
      Answer.send(context, JsonBody.JSON, reply.body());
    }
  }

  private static boolean isApplied(Settlement settlement, Touched touched, Duration most) {
    try {
      return settlement.await(touched, most);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }
}
