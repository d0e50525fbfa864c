package dev.forebay.worker.history;

import dev.forebay.kv.KvKey;
import dev.forebay.ledger.Documents.Held;
import dev.forebay.model.DocumentKey;
import dev.forebay.model.DocumentMetadata;
import dev.forebay.model.ReadModel;
import dev.forebay.model.ReadModels;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Tells the ledger which documents KV holds, by KV's own listing. What is neither a declared
 * model's nor has the metadata of a document is somebody else's, and left alone.
 */
final class Inventory {

  private static final int PAGE = 1_000;

  /** As forebay.yaml has it; another instance's keys have a full stop before the colon. */
  private static final Pattern MODEL = Pattern.compile("[a-z][a-z0-9_]{0,39}");

  private final HistoryParts parts;
  private final ReadModels models;
  private final String prefix;

  Inventory(HistoryParts parts) {
    this.parts = parts;
    this.models = parts.models().get();
    this.prefix = parts.instance().keyPrefix();
  }

  /**
   * Records all of them, replacing nothing.
   *
   * @return how many
   */
  long record(long term) {
    long documents = 0;
    List<Held> page = new ArrayList<>();
    try (Stream<KvKey> keys = parts.kv().keys(prefix)) {
      for (Iterator<KvKey> all = keys.iterator(); all.hasNext(); ) {
        held(all.next()).ifPresent(page::add);
        if (page.size() == PAGE || !all.hasNext()) {
          parts.ledger().found(term, page);
          documents += page.size();
          page.clear();
        }
      }
    }
    return documents;
  }

  private Optional<Held> held(KvKey listed) {
    String kvKey = listed.name().substring(prefix.length());
    String model = kvKey.substring(0, Math.max(0, kvKey.indexOf(':')));
    if (!MODEL.matcher(model).matches()) {
      return Optional.empty();
    }
    Optional<ReadModel> declared = models.find(model);
    String hash = hash(listed.metadataJson());
    boolean ours = hash != null || declared.isPresent() || models.stopped().containsKey(model);
    DocumentKey key =
        declared
            .flatMap(its -> its.match(kvKey))
            .orElseGet(() -> new DocumentKey(model, List.of(), kvKey));
    return ours ? Optional.of(new Held(key, hash == null ? "" : hash)) : Optional.empty();
  }

  private static @Nullable String hash(@Nullable String metadata) {
    try {
      return metadata == null ? null : DocumentMetadata.parse(metadata).hash();
    } catch (IllegalArgumentException e) {
      return null; // not ours
    }
  }
}
