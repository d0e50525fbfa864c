package dev.forebay.ops.trace;

import dev.forebay.ledger.AuditLog;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One transaction of a request, from its audit entry to KV.
 *
 * @param entry who, when, in which transaction
 * @param operations one line each: {@code patch article 17}
 * @param documents that it touched; null where nobody asked
 * @param models of which it may have touched any document
 */
public record Trace(
    AuditLog.Entry entry,
    List<String> operations,
    @Nullable List<Touched> documents,
    List<String> models) {

  /** Whether KV has a document as the transaction left it, or newer, by the ledger. */
  public enum State {
    /** The version in KV was built after the transaction. */
    SETTLED("settled"),
    /** It was built before. */
    PENDING("pending"),
    /** KV holds no such document: it has none any more, or not yet. */
    NONE("not in KV: deleted, or not written yet");

    private final String words;

    State(String words) {
      this.words = words;
    }

    /** For people. */
    public String words() {
      return words;
    }
  }

  /**
   * A document that was touched.
   *
   * @param kvKey with the instance's prefix
   */
  public record Touched(String kvKey, State state) {}

  public Trace {
    operations = List.copyOf(operations);
    documents = documents == null ? null : List.copyOf(documents);
    models = List.copyOf(models);
  }
}
