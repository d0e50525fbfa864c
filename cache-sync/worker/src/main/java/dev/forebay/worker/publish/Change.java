package dev.forebay.worker.publish;

import dev.forebay.kv.KvLimits;
import dev.forebay.kv.KvPair;
import dev.forebay.ledger.Call;
import dev.forebay.ledger.Published;
import dev.forebay.ledger.Settled;
import dev.forebay.model.DocumentDigest;
import dev.forebay.model.DocumentKey;
import dev.forebay.model.DocumentMetadata;
import dev.forebay.worker.build.Built;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A built document beside what the ledger knows of its key.
 *
 * @param built the document
 * @param kvKey its key in KV, prefix included
 * @param hash lower-case hex SHA-256 of its UTF-8, or null if the key must not exist
 * @param bytes of its UTF-8; 0 if there is none
 * @param pair what to write, or null to delete
 * @param before what the ledger knows
 */
record Change(
    Built built,
    String kvKey,
    @Nullable String hash,
    int bytes,
    @Nullable KvPair pair,
    Published before) {

  /** A batch has each key once; the texts behind it are long. */
  @Override
  public int hashCode() {
    return kvKey.hashCode();
  }

  static Change of(Built built, Published before, PublishConfig config) {
    String kvKey = config.keyPrefix() + built.claim().key().kvKey();
    String json = built.content().json();
    if (json == null) {
      return new Change(built, kvKey, null, 0, null, before);
    }
    DocumentDigest digest = DocumentDigest.of(json);
    String hash = digest.hash();
    String metadata =
        new DocumentMetadata(built.snapshot(), hash, committed(built), config.history()).toJson();
    return new Change(
        built, kvKey, hash, digest.bytes(), new KvPair(kvKey, json, metadata, null), before);
  }

  /** When its newest change was committed, as far as anybody knows. */
  private static Instant committed(Built built) {
    return built.claim().newestCommit().orElse(built.databaseTime());
  }

  DocumentKey key() {
    return built.claim().key();
  }

  /** Whether an earlier call is open, or somebody found KV to be wrong: nothing is known. */
  boolean isInDoubt() {
    return before.openUntil() != null;
  }

  /** Whether KV is known to hold this already. */
  boolean isUnchanged() {
    return !isInDoubt() && Objects.equals(hash, before.hash());
  }

  /**
   * Why it will never be in KV, however often it is tried; empty if it may. What KV could not hold
   * was never there to be deleted.
   */
  List<String> problems() {
    String fault = built.content().fault();
    if (fault != null) {
      return List.of(fault);
    }
    // What else KV asks of a pair is so by its making, and looked at by the client.
    String key = pair == null ? null : KvLimits.keyProblem(kvKey);
    if (key != null) {
      return List.of(key);
    }
    return bytes <= KvLimits.VALUE_BYTES ? List.of() : List.of(KvLimits.tooLong(bytes));
  }

  /** The pair of a change that writes. */
  KvPair requirePair() {
    return Objects.requireNonNull(pair);
  }

  Call.Intended intended() {
    return new Call.Intended(key(), hash);
  }

  Settled settled(@Nullable Instant openUntil) {
    return new Settled(key(), hash, bytes, built.snapshot(), before.hash() == null, openUntil);
  }
}
