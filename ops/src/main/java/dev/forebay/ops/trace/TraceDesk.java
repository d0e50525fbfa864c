package dev.forebay.ops.trace;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.forebay.ledger.AuditLog;
import dev.forebay.ledger.Ledger;
import dev.forebay.model.Instance;
import dev.forebay.model.Snapshot;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Finds what a request did. */
public final class TraceDesk {

  private static final JsonMapper MAPPER = new JsonMapper();

  private final Ledger ledger;
  private final Instance instance;

  /**
   * @param instance whose prefix stands before keys in KV
   */
  public TraceDesk(Ledger ledger, Instance instance) {
    this.ledger = ledger;
    this.instance = instance;
  }

  /** Everything that was done under the id, oldest first; empty if nothing is known of it. */
  public List<Trace> find(String requestId) {
    return ledger.audit().find(requestId).stream().map(this::trace).toList();
  }

  private Trace trace(AuditLog.Entry entry) {
    JsonNode touched = json(entry.touched());
    return new Trace(
        entry,
        json(entry.operations()).valueStream().map(TraceDesk::operation).toList(),
        entry.touched() == null ? null : documents(texts(touched.path("documents")), entry.xid()),
        texts(touched.path("models")));
  }

  private List<Trace.Touched> documents(List<String> kvKeys, long xid) {
    Map<String, Snapshot> versions =
        ledger.audit().versions(kvKeys.stream().map(instance::unprefixed).toList());
    return kvKeys.stream()
        .map(key -> new Trace.Touched(key, state(versions.get(instance.unprefixed(key)), xid)))
        .toList();
  }

  private static Trace.State state(@Nullable Snapshot version, long xid) {
    if (version == null) {
      return Trace.State.NONE;
    }
    return version.sees(xid) ? Trace.State.SETTLED : Trace.State.PENDING;
  }

  private static String operation(JsonNode one) {
    return one.path("op").asText()
        + " "
        + one.path("resource").asText()
        + " "
        + String.join("/", texts(one.path("key")));
  }

  private static List<String> texts(JsonNode array) {
    return array.valueStream().map(JsonNode::asText).toList();
  }

  private static JsonNode json(@Nullable String text) {
    try {
      return text == null ? MAPPER.createObjectNode() : MAPPER.readTree(text);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("PostgreSQL makes JSON", e);
    }
  }
}
