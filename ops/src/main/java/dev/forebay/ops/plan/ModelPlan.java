package dev.forebay.ops.plan;

import dev.forebay.ledger.LedgerSnapshot;
import java.util.List;

/**
 * What happens to the documents of one model.
 *
 * @param name of the model
 * @param state why it is looked at, or not
 * @param estimated whether only a sample was built: then all but {@code removed} and {@code
 *     documentsBefore} are estimates
 * @param documentsBefore what KV holds now
 * @param added documents that KV gets
 * @param changed documents that KV holds with another content
 * @param removed documents that KV loses
 * @param unchanged documents that cost nothing
 * @param deadLetters documents that PostgreSQL cannot build or KV cannot take; KV keeps what it has
 * @param bytesBefore of all values that KV holds now, in UTF-8
 * @param bytesAfter the same after the change
 * @param bytesWritten of the values that are written
 * @param requests bulk requests to KV
 * @param samples names of some of these documents
 */
public record ModelPlan(
    String name,
    State state,
    boolean estimated,
    long documentsBefore,
    long added,
    long changed,
    long removed,
    long unchanged,
    long deadLetters,
    long bytesBefore,
    long bytesAfter,
    long bytesWritten,
    long requests,
    Samples samples) {

  /** What a worker that starts with the file makes of the model. */
  public enum State {
    /** No worker has kept it, or not lately: every document is compared. */
    NEW("new"),
    /** Its declaration, or a column it reads, is another one: every document is compared. */
    CHANGED("changed"),
    /** As it was applied, but a resync of it is not over: every document is compared. */
    RESYNC("resync due"),
    /** As it was applied: its documents are left alone, and were not looked at. */
    UNCHANGED("unchanged"),
    /** As it was applied, and looked at all the same. */
    LOOKED_AT("looked at"),
    /** The file no longer declares it: KV keeps its documents as they are. */
    NOT_KEPT("no longer kept");

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
   * A document that cannot be published.
   *
   * @param key its KV key without the instance's prefix
   * @param reason without row values
   */
  public record DeadLetter(String key, String reason) {}

  /** KV keys without the instance's prefix, the first few of each kind. */
  public record Samples(List<String> added, List<String> removed, List<DeadLetter> deadLetters) {

    /** None. */
    public static final Samples NONE = new Samples(List.of(), List.of(), List.of());

    public Samples {
      added = List.copyOf(added);
      removed = List.copyOf(removed);
      deadLetters = List.copyOf(deadLetters);
    }
  }

  /** A model whose documents stay as they are. */
  static ModelPlan untouched(String name, State state, LedgerSnapshot.Total held) {
    return new ModelPlan(
        name,
        state,
        false,
        held.documents(),
        0,
        0,
        0,
        held.documents(),
        0,
        held.bytes(),
        held.bytes(),
        0,
        0,
        Samples.NONE);
  }

  /** Pairs that are written; Cloudflare bills each. */
  public long writes() {
    return added + changed;
  }
}
