package dev.forebay.kv.emulator;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.HashMap;
import java.util.Map;
import okio.ByteString;
import org.jspecify.annotations.Nullable;

/** An answer before it is sent. */
record Reply(int status, Map<String, String> headers, ByteString body) {

  private static final ObjectMapper JSON = new ObjectMapper();

  /** The API's envelope around a result. */
  static Reply result(@Nullable JsonNode result, @Nullable JsonNode info) {
    ObjectNode envelope = envelope(true);
    envelope.set("result", result);
    if (info != null) {
      envelope.set("result_info", info);
    }
    return json(200, envelope, Map.of());
  }

  static Reply error(ApiError error) {
    ObjectNode envelope = envelope(false);
    envelope
        .withArray("errors")
        .addObject()
        .put("code", error.code())
        .put("message", error.getMessage());
    envelope.putNull("result");
    return json(error.status(), envelope, error.headers());
  }

  static Reply raw(ByteString body, Map<String, String> headers) {
    Map<String, String> all = new HashMap<>(headers);
    all.put("Content-Type", "application/octet-stream");
    return new Reply(200, all, body);
  }

  Reply with(Map<String, String> more) {
    Map<String, String> all = new HashMap<>(more);
    all.putAll(headers);
    return new Reply(status, all, body);
  }

  private static ObjectNode envelope(boolean success) {
    ObjectNode envelope = JSON.createObjectNode().put("success", success);
    envelope.putArray("errors");
    envelope.putArray("messages");
    return envelope;
  }

  private static Reply json(int status, ObjectNode envelope, Map<String, String> headers) {
    Map<String, String> all = new HashMap<>(headers);
    all.put("Content-Type", "application/json");
    return new Reply(status, all, ByteString.encodeUtf8(envelope.toString()));
  }
}
