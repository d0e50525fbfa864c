package dev.forebay.kv.emulator;

import java.time.Duration;
import java.util.Map;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Something that goes wrong with one request: what it does to the data, and what the caller sees.
 *
 * @param effect whether and when the request is applied
 * @param answer what the caller gets
 */
public record Fault(Effect effect, Answer answer) {

  /** What becomes of the change that was asked for; reads ignore it. */
  public sealed interface Effect {
    /** Applied at once, as without a fault. */
    record Applied() implements Effect {}

    /** Never applied. */
    record Dropped() implements Effect {}

    /** Applied when so much time has passed, over whatever was written meanwhile. */
    record Late(Duration delay) implements Effect {}

    /** In a bulk call these keys are not applied and reported; the others are applied. */
    record FailKeys(Predicate<String> which) implements Effect {}
  }

  /** What the caller gets. */
  public sealed interface Answer {
    /** The true answer. */
    record Normal() implements Answer {}

    /** The true answer, later. */
    record Delayed(Duration latency) implements Answer {}

    /** Another answer. */
    record Instead(int status, Map<String, String> headers, String body) implements Answer {}

    /** Nothing until the caller gives up. */
    record Silence() implements Answer {}

    /** The connection ends before the first byte. */
    record Disconnect() implements Answer {}

    /**
     * The same as the other answer, after somebody was told. By then the change has been made, so
     * that this is a place between "applied" and "heard of".
     */
    record Telling(Runnable what, Answer then) implements Answer {}

    /** The headers and half of the body, then the connection ends. */
    record DisconnectMidBody() implements Answer {}

    /** The headers and half of the body, then nothing until the caller gives up. */
    record StalledBody() implements Answer {}
  }

  /** Slow, but as it should be. */
  public static Fault latency(Duration time) {
    return new Fault(new Effect.Applied(), new Answer.Delayed(time));
  }

  /**
   * 429, not applied.
   *
   * @param retryAfter null for none, else whole seconds
   */
  public static Fault throttled(@Nullable Duration retryAfter) {
    Map<String, String> headers =
        retryAfter == null
            ? Map.of()
            : Map.of("Retry-After", Long.toString(retryAfter.toSeconds()));
    return new Fault(
        new Effect.Dropped(), new Answer.Instead(429, headers, errorBody(971, "slow down")));
  }

  /** The API's own error, not applied. */
  public static Fault serverError(int status) {
    return new Fault(
        new Effect.Dropped(),
        new Answer.Instead(status, Map.of(), errorBody(10001, "service unavailable")));
  }

  /** The gateway's page when its origin takes too long. */
  public static Fault html524(Effect effect) {
    String page = "<!DOCTYPE html><title>524: A timeout occurred</title>";
    return new Fault(effect, new Answer.Instead(524, Map.of("Content-Type", "text/html"), page));
  }

  /** The page that asks whether one is human. */
  public static Fault challenge() {
    Map<String, String> headers = Map.of("Content-Type", "text/html", "cf-mitigated", "challenge");
    return new Fault(
        new Effect.Dropped(), new Answer.Instead(403, headers, "<title>Just a moment...</title>"));
  }

  /** Applied, and the caller never hears of it. */
  public static Fault timeOutAfterApply() {
    return new Fault(new Effect.Applied(), new Answer.Silence());
  }

  /** The caller never hears of it, and it is applied after the delay, over newer values. */
  public static Fault lateApply(Duration delay) {
    return new Fault(new Effect.Late(delay), new Answer.Disconnect());
  }

  /** Applied; the answer breaks off. */
  public static Fault disconnectMidBody() {
    return new Fault(new Effect.Applied(), new Answer.DisconnectMidBody());
  }

  /** Applied; the answer stops in the middle. */
  public static Fault stalledBody() {
    return new Fault(new Effect.Applied(), new Answer.StalledBody());
  }

  /** Every token is unknown for the time being; not applied. */
  public static Fault tokenRevoked() {
    return new Fault(
        new Effect.Dropped(),
        new Answer.Instead(401, Map.of(), errorBody(10000, "Authentication error")));
  }

  /** The same, but the caller's answer waits until somebody was told. */
  public Fault telling(Runnable what) {
    return new Fault(effect, new Answer.Telling(what, answer));
  }

  /** A bulk call of which some keys are not stored. */
  public static Fault failKeys(Predicate<String> which) {
    return new Fault(new Effect.FailKeys(which), new Answer.Normal());
  }

  private static String errorBody(int code, String message) {
    return """
    {"success":false,"errors":[{"code":%d,"message":"%s"}],"messages":[],"result":null}\
    """
        .formatted(code, message);
  }
}
