package dev.forebay.kv.emulator;

import com.sun.net.httpserver.Headers;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import okio.ByteString;
import org.jspecify.annotations.Nullable;

/**
 * What a Worker's KV binding asks of the service that stands behind it in workerd: one key, read at
 * one location. Who asks is a Worker of the account: there is no token, no rate and no fault.
 *
 * <p>The protocol is workerd's own (github.com/cloudflare/workerd, src/workerd/api/kv.c++, looked
 * at 2026-11): {@code GET /KEY?urlencoded=true&cache_ttl=30}; the metadata are a header of the
 * answer, 404 is a miss. The cache time that it asks for is not regarded.
 */
final class Binding {

  /** Names the location, {@code ACCOUNT/NAMESPACE/NUMBER}; a service of workerd can add headers. */
  static final String LOCATION = "Forebay-Emulator-Location";

  private static final String METADATA = "CF-KV-Metadata";
  private static final String EXPIRATION = "CF-Expiration";

  private Binding() {}

  /** The location that a request comes from; empty if it is one for the REST API. */
  static Optional<EdgeLocation> location(Api api, Headers headers) {
    String text = headers.getFirst(LOCATION);
    if (text == null) {
      return Optional.empty();
    }
    List<String> names = List.of(text.split("/", -1));
    try {
      return Optional.of(
          api.account(names.get(0))
              .orElseThrow()
              .namespace(names.get(1))
              .edge(Integer.parseInt(names.get(2))));
    } catch (RuntimeException e) {
      throw ApiError.invalid(LOCATION + ": no location " + text);
    }
  }

  static Reply read(EdgeLocation location, HttpRequest request) {
    if (!request.method().equals("GET") || request.path().size() != 1) {
      throw new ApiError(405, 10001, "a location reads one key, and does nothing else");
    }
    return location
        .read(Values.key(request.path().getFirst()))
        .map(Binding::found)
        .orElseGet(() -> new Reply(404, Map.of(), ByteString.EMPTY));
  }

  private static Reply found(StoredValue value) {
    Map<String, String> headers = new HashMap<>();
    @Nullable String metadata = value.metadataJson();
    if (metadata != null) {
      headers.put(METADATA, metadata);
    }
    if (value.expiration() != null) {
      headers.put(EXPIRATION, Long.toString(value.expiration().getEpochSecond()));
    }
    return Reply.raw(value.value(), headers);
  }
}
