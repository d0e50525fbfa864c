package dev.forebay.api.http;

import dev.forebay.api.limit.InFlight;
import dev.forebay.api.limit.RequestRates;
import dev.forebay.api.problem.ApiProblem;
import dev.forebay.api.problem.ProblemType;
import io.javalin.http.Context;
import java.time.Duration;
import org.eclipse.jetty.ee10.servlet.ServletContextRequest;
import org.eclipse.jetty.server.Request;
import org.jspecify.annotations.Nullable;

/** Whether there is room for a request, and for another one of the same principal. */
final class Admission {

  private static final String SLOT = "slot";
  private static final Duration SOON = Duration.ofSeconds(1);

  private final InFlight inFlight;
  private final RequestRates rates;

  Admission(InFlight inFlight, RequestRates rates) {
    this.inFlight = inFlight;
    this.rates = rates;
  }

  /**
   * Takes a slot, which is given back when the request is over, however it ends.
   *
   * @throws ApiProblem if there is none
   */
  void enter(Context context) {
    InFlight.Slot slot = inFlight.enter().orElseThrow(Admission::overloaded);
    context.attribute(SLOT, slot);
    Request request = ServletContextRequest.getServletContextRequest(context.req());
    Request.addCompletionListener(request, failure -> slot.end());
  }

  /**
   * Counts a request of this principal.
   *
   * @throws ApiProblem if it has sent too many
   */
  void count(String principal) {
    Duration wait = rates.take(principal);
    if (!wait.isZero()) {
      // Rounded up: who comes back a moment early is refused again.
      throw ApiProblem.of(ProblemType.TOO_MANY_REQUESTS)
          .retryAfter(wait.plusSeconds(1).minusNanos(1));
    }
  }

  /** The request waits for its client, and others may have its slot. */
  static void lend(Context context) {
    InFlight.@Nullable Slot slot = context.attribute(SLOT);
    if (slot != null) {
      slot.lend();
    }
  }

  /**
   * The request goes on.
   *
   * @throws ApiProblem if others have taken the slot
   */
  static void takeBack(Context context) {
    InFlight.@Nullable Slot slot = context.attribute(SLOT);
    if (slot != null && !slot.takeBack()) {
      throw overloaded();
    }
  }

  /** All that is left to do is to send the answer. */
  static void done(Context context) {
    InFlight.@Nullable Slot slot = context.attribute(SLOT);
    if (slot != null) {
      slot.end();
    }
  }

  private static ApiProblem overloaded() {
    return ApiProblem.of(ProblemType.OVERLOADED).retryAfter(SOON);
  }
}
