package dev.forebay.worker.verify;

import dev.forebay.kv.KvClient;
import dev.forebay.kv.KvKey;
import dev.forebay.ledger.Documents;
import dev.forebay.ledger.Documents.Held;
import dev.forebay.model.DocumentKey;
import dev.forebay.model.DocumentMetadata;
import dev.forebay.model.ReadModels;
import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.Iterator;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * KV's own listing of a model beside the ledger: both come in the order of the keys' bytes, so that
 * neither is held whole. For one thread.
 */
final class KvScan {

  private static final int PAGE = 1_000;

  private final KvClient kv;
  private final Documents ledger;
  private final String prefix;
  private final ReadModels models;
  private final VerifyProgress progress;

  /**
   * @param prefix of the instance's keys
   */
  KvScan(KvClient kv, Documents ledger, String prefix, ReadModels models, VerifyProgress progress) {
    this.kv = kv;
    this.ledger = ledger;
    this.prefix = prefix;
    this.models = models;
    this.progress = progress;
  }

  /**
   * Names the keys of a model about which KV and the ledger disagree.
   *
   * @return how many keys KV listed
   */
  long scan(String model, Consumer<DocumentKey> doubtful) {
    long listed = 0;
    HeldDocuments held = new HeldDocuments(model);
    @Nullable Held known = held.next();
    try (Stream<KvKey> keys = kv.keys(prefix + model + ":")) {
      for (Iterator<KvKey> all = keys.iterator(); all.hasNext(); ) {
        KvKey found = all.next();
        String kvKey = found.name().substring(prefix.length());
        while (known != null && BYTES.compare(known.key().kvKey(), kvKey) < 0) {
          doubtful.accept(known.key());
          known = held.next();
        }
        if (known == null || !known.key().kvKey().equals(kvKey)) {
          doubtful.accept(key(model, kvKey));
        } else {
          if (!known.hash().equals(hash(found))) {
            doubtful.accept(known.key());
          }
          known = held.next();
        }
        listed++;
        if (listed % PAGE == 0) {
          progress.at("keys of " + model + " in KV", listed);
        }
      }
    }
    for (; known != null; known = held.next()) {
      doubtful.accept(known.key());
    }
    return listed;
  }

  /** KV and the ledger compare bytes of UTF-8, and so code points; String compares UTF-16. */
  private static final Comparator<String> BYTES =
      (one, other) -> {
        int i = 0;
        while (i < one.length() && i < other.length() && one.charAt(i) == other.charAt(i)) {
          i++;
        }
        if (i == one.length() || i == other.length()) {
          return one.length() - other.length();
        }
        // A key is ASCII, but for what other hands have put there.
        return Integer.compare(one.codePointAt(i), other.codePointAt(i));
      };

  private DocumentKey key(String model, String kvKey) {
    return models
        .find(model)
        .flatMap(declared -> declared.match(kvKey))
        .orElseGet(() -> new DocumentKey(model, List.of(), kvKey));
  }

  private static @Nullable String hash(KvKey found) {
    String metadata = found.metadataJson();
    try {
      return metadata == null ? null : DocumentMetadata.parse(metadata).hash();
    } catch (IllegalArgumentException e) {
      return null; // not ours
    }
  }

  /** The ledger's documents of a model, page by page. */
  private final class HeldDocuments {

    private final String model;
    private final ArrayDeque<Held> page = new ArrayDeque<>();
    private String after = "";
    private boolean last;

    HeldDocuments(String model) {
      this.model = model;
    }

    @Nullable Held next() {
      if (page.isEmpty() && !last) {
        page.addAll(ledger.held(model, after, PAGE));
        last = page.size() < PAGE;
        after = page.isEmpty() ? after : page.getLast().key().kvKey();
      }
      return page.poll();
    }
  }
}
