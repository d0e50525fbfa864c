package dev.forebay.worker.history;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.forebay.ledger.Server;
import dev.forebay.model.Instance;
import java.time.Instant;
import java.util.Optional;

/**
 * The value of the one key in KV that is no document: which history its documents belong to.
 *
 * @param history id
 * @param nonce changes every few minutes
 * @param systemIdentifier of the database that wrote it, for people
 * @param timeline the same
 * @param written the same; when, by the writer's clock
 */
public record ControlKey(
    String history, String nonce, String systemIdentifier, long timeline, String written) {

  private static final String NAME = ".forebay";
  private static final JsonMapper JSON = new JsonMapper();

  /** Its name in KV. A document's has a colon, and before that no full stop but the instance's. */
  public static String name(Instance instance) {
    return instance.keyPrefix() + NAME;
  }

  /** Whether a key in KV is the control key of any instance. */
  public static boolean isNamed(String kvKey) {
    return kvKey.endsWith(NAME) && kvKey.indexOf(':') < 0;
  }

  static ControlKey of(String history, String nonce, Server server, Instant written) {
    return new ControlKey(
        history, nonce, server.systemIdentifier(), server.timeline(), written.toString());
  }

  String toJson() {
    ObjectNode object = JSON.createObjectNode();
    object.put("history", history);
    object.put("nonce", nonce);
    object.put("systemIdentifier", systemIdentifier);
    object.put("timeline", timeline);
    object.put("written", written);
    return object.toString();
  }

  /** Reads what {@link #toJson} wrote; empty if it is something else. */
  static Optional<ControlKey> parse(String text) {
    try {
      JsonNode object = JSON.readTree(text);
      ControlKey read =
          new ControlKey(
              object.path("history").asText(),
              object.path("nonce").asText(),
              object.path("systemIdentifier").asText(),
              object.path("timeline").asLong(),
              object.path("written").asText());
      return read.history.isEmpty() || read.nonce.isEmpty() ? Optional.empty() : Optional.of(read);
    } catch (JsonProcessingException e) {
      return Optional.empty();
    }
  }

  /** Who wrote it and when, for people. */
  public String about() {
    return "history "
        + history
        + ", written "
        + written
        + " by database system "
        + systemIdentifier
        + ", timeline "
        + timeline;
  }
}
