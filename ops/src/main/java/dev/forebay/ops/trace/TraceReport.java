package dev.forebay.ops.trace;

import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** Traces in lines, or as JSON. Keys of rows stand in both, their other values in neither. */
public final class TraceReport {

  private static final JsonMapper MAPPER = new JsonMapper();

  private TraceReport() {}

  /**
   * Renders a block for each; the last line ends with a line feed.
   *
   * @param settledThrough every change committed before is in KV
   */
  public static String table(List<Trace> traces, Optional<Instant> settledThrough) {
    StringBuilder text = new StringBuilder();
    for (Trace trace : traces) {
      line(text, "at", trace.entry().at().toString());
      line(text, "principal", trace.entry().principal());
      String parent = trace.entry().traceparent();
      line(text, "trace", parent == null ? "none" : parent);
      line(text, "xid", Long.toString(trace.entry().xid()));
      lines(text, "did", trace.operations());
      List<Trace.Touched> documents = trace.documents();
      lines(
          text,
          "touched",
          documents == null
              ? List.of("not asked: the API had no FOREBAY_TOKEN_SECRET")
              : documents.isEmpty() && trace.models().isEmpty()
                  ? List.of("no document")
                  : documents.stream()
                      .map(one -> one.kvKey() + "  " + one.state().words())
                      .toList());
      lines(text, "models", trace.models().stream().map(one -> one + ": any document").toList());
    }
    settledThrough.ifPresent(through -> line(text, "KV", "has every change before " + through));
    return text.toString();
  }

  private static void lines(StringBuilder text, String label, List<String> values) {
    for (int i = 0; i < values.size(); i++) {
      line(text, i == 0 ? label : "", values.get(i));
    }
  }

  private static void line(StringBuilder text, String label, String value) {
    text.append(String.format(Locale.ROOT, "%-10s %s%n", label, value));
  }

  /** Returns an array of objects. */
  public static String json(List<Trace> traces) {
    ArrayNode all = MAPPER.createArrayNode();
    for (Trace trace : traces) {
      ObjectNode one = all.addObject();
      one.put("at", trace.entry().at().toString());
      one.put("principal", trace.entry().principal());
      one.put("traceparent", trace.entry().traceparent());
      one.put("xid", Long.toString(trace.entry().xid()));
      trace.operations().forEach(one.putArray("operations")::add);
      List<Trace.Touched> documents = trace.documents();
      if (documents != null) {
        ArrayNode array = one.putArray("documents");
        documents.forEach(document ->
            array
                .addObject()
                .put("key", document.kvKey())
                .put("state", document.state().name().toLowerCase(Locale.ROOT)));
        trace.models().forEach(one.putArray("models")::add);
      }
    }
    return all.toString() + "\n";
  }
}
