package dev.forebay.api.http;

import io.javalin.http.Context;
import java.util.Enumeration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.slf4j.MDC;

/**
 * The trace a request belongs to, as its client says (W3C Trace Context, Recommendation of
 * 2021-11-23, looked at 2026-11). One that is not valid is as if there were none; none is made up,
 * because nothing here records spans.
 */
final class TraceContext {

  static final String HEADER = "traceparent";

  private static final String ATTRIBUTE = "traceparent";
  private static final String LOG_FIELD = "traceId";
  private static final int LONGEST = 256;

  /** ff is no version, neither id may be zero, and only versions after 00 may append parts. */
  private static final Pattern FORM =
      Pattern.compile(
          "(?!ff|00-.{52}-)[0-9a-f]{2}-(?<trace>(?!0{32})[0-9a-f]{32})-(?!0{16})[0-9a-f]{16}"
              + "-[0-9a-f]{2}(-.*)?");

  private TraceContext() {}

  /** Keeps the header if it is valid, for others and for everything this thread logs. */
  static void assign(Context context) {
    Enumeration<String> headers = context.req().getHeaders(HEADER);
    if (!headers.hasMoreElements()) {
      return;
    }
    String header = headers.nextElement();
    Matcher form = FORM.matcher(header);
    if (header.length() > LONGEST || headers.hasMoreElements() || !form.matches()) {
      return;
    }
    context.attribute(ATTRIBUTE, header);
    MDC.put(LOG_FIELD, form.group("trace"));
  }

  /** The whole value of the header, or null if there is no valid one. */
  static @Nullable String of(Context context) {
    return context.attribute(ATTRIBUTE);
  }

  /** Forgets the trace for the log; the thread may serve another request. */
  static void clear() {
    MDC.remove(LOG_FIELD);
  }
}
