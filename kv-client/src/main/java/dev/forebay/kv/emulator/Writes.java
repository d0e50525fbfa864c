package dev.forebay.kv.emulator;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.forebay.kv.emulator.EmulatedAccount.Quota;
import dev.forebay.kv.emulator.EmulatedNamespace.Change;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import okio.ByteString;
import org.jspecify.annotations.Nullable;

/** The requests that change keys: first what they ask for, then what becomes of it. */
final class Writes {

  private static final ObjectMapper JSON = new ObjectMapper();

  private Writes() {}

  /** What a request asks for. */
  static List<Change> changes(Route route, HttpRequest request, Instant now) {
    return switch (route.operation()) {
      case PUT_VALUE -> List.of(put(route.key(), request, now));
      case DELETE_VALUE -> List.of(new Change(Values.key(route.key()), null));
      case BULK_WRITE -> BulkBody.pairs(json(request), now);
      case BULK_DELETE ->
          BulkBody.keys(json(request)).stream()
              .distinct()
              .map(key -> new Change(key, null))
              .toList();
      default -> throw new IllegalArgumentException(route.operation() + " changes no keys");
    };
  }

  private static ByteString json(HttpRequest request) {
    if (!request.contentType().startsWith("application/json")) {
      throw new ApiError(415, 10001, "Content-Type must be application/json");
    }
    return request.body();
  }

  private static Change put(String key, HttpRequest request, Instant now) {
    Map<String, String> query = request.query();
    @Nullable Instant expiration =
        Values.expiration(number(query, "expiration"), number(query, "expiration_ttl"), now);
    ByteString value = request.body();
    @Nullable String metadata = null;
    if (request.contentType().startsWith("multipart/form-data")) {
      Map<String, ByteString> parts = Multipart.parse(request.contentType(), request.body());
      @Nullable ByteString part = parts.get("value");
      @Nullable ByteString text = parts.get("metadata");
      if (part == null) {
        throw ApiError.invalid("the form has no field \"value\"");
      }
      value = part;
      metadata = text == null ? null : Reads.parse(text).toString();
    }
    return new Change(Values.key(key), Values.value(key, value, metadata, expiration));
  }

  private static @Nullable Long number(Map<String, String> query, String name) {
    @Nullable String text = query.get(name);
    try {
      return text == null ? null : Long.valueOf(text);
    } catch (NumberFormatException e) {
      throw ApiError.invalid("invalid " + name + " of " + text);
    }
  }

  /**
   * Spends the quota and lets the changes happen as the fault says.
   *
   * <p>Keys written too soon after their last write are refused alone in a bulk call, and as 429 in
   * a call for one key.
   */
  static Reply apply(
      EmulatedAccount account,
      EmulatedNamespace namespace,
      Route route,
      long request,
      List<Change> changes,
      Fault.Effect effect) {
    boolean bulk =
        route.operation() == Operation.BULK_WRITE || route.operation() == Operation.BULK_DELETE;
    boolean deletes =
        route.operation() == Operation.BULK_DELETE || route.operation() == Operation.DELETE_VALUE;
    Set<String> failed = new HashSet<>();
    namespace.tooSoon(changes).forEach(change -> failed.add(change.key()));
    if (!bulk && !failed.isEmpty()) {
      throw new ApiError(429, 10012, "one write per key and second");
    }
    account.spend(deletes ? Quota.DELETES : Quota.WRITES, changes.size());
    if (effect instanceof Fault.Effect.FailKeys fail) {
      changes.stream().map(Change::key).filter(fail.which()).forEach(failed::add);
    }
    List<Change> good = changes.stream().filter(change -> !failed.contains(change.key())).toList();
    switch (effect) {
      case Fault.Effect.Dropped dropped -> {}
      case Fault.Effect.Late late -> namespace.applyLate(request, good, late.delay());
      case Fault.Effect.Applied applied -> namespace.apply(request, good);
      case Fault.Effect.FailKeys fail -> namespace.apply(request, good);
    }
    return bulk ? Reply.result(result(good.size(), failed), null) : Reply.result(null, null);
  }

  private static ObjectNode result(int successful, Set<String> failed) {
    ObjectNode result = JSON.createObjectNode().put("successful_key_count", successful);
    ArrayNode keys = result.putArray("unsuccessful_keys");
    failed.stream().sorted().forEach(keys::add);
    return result;
  }
}
