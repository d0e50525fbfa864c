package dev.forebay.api.http;

import io.javalin.http.Context;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.slf4j.MDC;

/** Gives every request a name: the client's own if it is fit for a log, else a random one. */
public final class RequestId {

  static final String HEADER = "X-Request-Id";

  private static final String LOG_FIELD = "requestId";
  private static final Pattern FIT = Pattern.compile("[A-Za-z0-9._:/+=-]{1,128}");

  private RequestId() {}

  /** Names the request, in the answer and in everything this thread logs. */
  public static void assign(Context context) {
    String given = context.header(HEADER);
    String id = given != null && FIT.matcher(given).matches() ? given : random();
    context.attribute(LOG_FIELD, id);
    context.header(HEADER, id);
    MDC.put(LOG_FIELD, id);
  }

  /** It is a name and no secret: a secure one would cost more than the rest of a short read. */
  private static String random() {
    ThreadLocalRandom random = ThreadLocalRandom.current();
    long high = (random.nextLong() & ~0xF000L) | 0x4000L;
    long low = (random.nextLong() >>> 2) | Long.MIN_VALUE;
    return new UUID(high, low).toString();
  }

  /** The request's name, or null before it has one. */
  static @Nullable String of(Context context) {
    return context.attribute(LOG_FIELD);
  }

  /** Forgets the name for the log; the thread may serve another request. */
  public static void clear() {
    MDC.remove(LOG_FIELD);
  }
}
