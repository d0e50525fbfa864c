package dev.forebay.ops.plan;

import dev.forebay.ledger.LedgerSnapshot;
import dev.forebay.ledger.LedgerSnapshot.Held;
import dev.forebay.model.DocumentDigest;
import dev.forebay.model.DocumentKey;
import dev.forebay.model.ReadModel;
import dev.forebay.model.ReadModels;
import dev.forebay.ops.plan.Plan.DocumentChange;
import dev.forebay.worker.source.ModelBuild;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Builds sample documents by two definitions in one snapshot. KV is not asked for what it holds:
 * the ledger's hash tells whether the earlier definition still builds the same.
 */
final class Comparison {

  /** A document beyond this is nothing to read on a terminal. */
  private static final int MOST_CHARACTERS = 1_000_000;

  private final Connection connection;
  private final ReadModels now;
  private final @Nullable ReadModels then;
  private final @Nullable LedgerSnapshot ledger;

  /**
   * @param then the earlier definition; null if there is none that fits the database
   * @param ledger what {@code then} is held against; null if it is not what KV was made from
   */
  Comparison(
      Connection connection,
      ReadModels now,
      @Nullable ReadModels then,
      @Nullable LedgerSnapshot ledger) {
    this.connection = connection;
    this.now = now;
    this.then = then;
    this.ledger = ledger;
  }

  /**
   * Builds some of the candidates, taking a document of each model in turn.
   *
   * @param candidates keys of documents that are written, one list for each model
   */
  List<DocumentChange> of(List<List<DocumentKey>> candidates, int most) throws SQLException {
    List<DocumentKey> picked = new ArrayList<>();
    int longest = candidates.stream().mapToInt(List::size).max().orElse(0);
    for (int i = 0; i < longest; i++) {
      for (List<DocumentKey> ofModel : candidates) {
        if (i < ofModel.size() && picked.size() < most) {
          picked.add(ofModel.get(i));
        }
      }
    }
    List<DocumentChange> changes = new ArrayList<>();
    for (DocumentKey key : picked) {
      changes.add(change(key));
    }
    return changes;
  }

  private DocumentChange change(DocumentKey key) throws SQLException {
    String after = build(now, key);
    String before = then == null ? null : build(then, key);
    String note = then == null ? null : note(key, before, after);
    if (before != null && before.equals(after)) {
      before = null;
    }
    if (isTooLong(before) || isTooLong(after)) {
      return new DocumentChange(key.model(), key.kvKey(), null, null, "too large to be shown");
    }
    return new DocumentChange(key.model(), key.kvKey(), before, after, note);
  }

  private @Nullable String build(ReadModels models, DocumentKey key) throws SQLException {
    ReadModel model = models.find(key.model()).orElse(null);
    if (model == null) {
      return null;
    }
    return new ModelBuild(connection, model).build(List.of(key)).getFirst().json();
  }

  private @Nullable String note(DocumentKey key, @Nullable String before, @Nullable String after)
      throws SQLException {
    if (before == null) {
      return "the earlier definition has no such document";
    }
    if (before.equals(after)) {
      return "KV holds what another definition or older rows made; that cannot be shown";
    }
    if (ledger == null) {
      return null;
    }
    Map<String, Held> held = ledger.find(List.of(key.kvKey()));
    Held one = held.get(key.kvKey());
    boolean same = one != null && DocumentDigest.of(before).hash().equals(one.hash());
    return same ? null : "KV holds an older state than the earlier definition builds now";
  }

  private static boolean isTooLong(@Nullable String json) {
    return json != null && json.length() > MOST_CHARACTERS;
  }
}
