package dev.forebay.worker.verify;

import dev.forebay.kv.KvKey;
import dev.forebay.ledger.Documents;
import dev.forebay.ledger.Documents.Held;
import dev.forebay.model.DocumentKey;
import dev.forebay.model.DocumentMetadata;
import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.Iterator;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * KV's own listing of a model beside the ledger: both come in the order of the keys' bytes, so that
 * neither is held whole. A page is one request to KV. For one thread.
 */
final class KvScan implements Scan {

  private static final int PAGE = 1_000;

  private final Sides sides;
  private final String model;
  private final HeldDocuments held;
  private final Stream<KvKey> keys;
  private final Iterator<KvKey> listing;
  private long listed;

  KvScan(Sides sides, String model) {
    this.sides = sides;
    this.model = model;
    this.held = new HeldDocuments(sides.ledger().documents(), model);
    this.keys = sides.kv().keys(sides.prefix() + model + ":");
    this.listing = keys.iterator();
  }

  /** Names the keys about which KV and the ledger disagree. */
  @Override
  public boolean page(Consumer<DocumentKey> doubtful) {
    // The ledger moves on while a listing takes its time.
    held.refresh();
    int count = 0;
    while (count < PAGE && listing.hasNext()) {
      compare(listing.next(), doubtful);
      count++;
    }
    listed += count;
    if (count == PAGE) {
      return true;
    }
    for (Held known = held.next(); known != null; known = held.next()) {
      doubtful.accept(known.key());
    }
    return false;
  }

  private void compare(KvKey found, Consumer<DocumentKey> doubtful) {
    String kvKey = found.name().substring(sides.prefix().length());
    Held known = held.peek();
    while (known != null && BYTES.compare(known.key().kvKey(), kvKey) < 0) {
      doubtful.accept(known.key());
      held.next();
      known = held.peek();
    }
    if (known == null || !known.key().kvKey().equals(kvKey)) {
      doubtful.accept(key(kvKey));
      return;
    }
    held.next();
    if (!known.hash().equals(hash(found))) {
      doubtful.accept(known.key());
    }
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

  private DocumentKey key(String kvKey) {
    return sides
        .models()
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

  @Override
  public String what() {
    return "keys of " + model + " in KV";
  }

  @Override
  public long done() {
    return listed;
  }

  @Override
  public void close() {
    keys.close();
  }

  /** The ledger's documents of a model, page by page. */
  private static final class HeldDocuments {

    private final Documents ledger;
    private final String model;
    private final ArrayDeque<Held> page = new ArrayDeque<>();
    private String passed = "";
    private String after = "";
    private boolean last;

    HeldDocuments(Documents ledger, String model) {
      this.ledger = ledger;
      this.model = model;
    }

    /** Forgets what was read ahead. */
    void refresh() {
      page.clear();
      after = passed;
      last = false;
    }

    @Nullable Held peek() {
      if (page.isEmpty() && !last) {
        page.addAll(ledger.held(model, after, PAGE));
        last = page.size() < PAGE;
        after = page.isEmpty() ? after : page.getLast().key().kvKey();
      }
      return page.peek();
    }

    @Nullable Held next() {
      Held next = peek();
      page.poll();
      passed = next == null ? passed : next.key().kvKey();
      return next;
    }
  }
}
