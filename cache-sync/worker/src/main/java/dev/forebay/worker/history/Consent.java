package dev.forebay.worker.history;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What somebody saw who agreed to adopt it. It holds for nothing else: where the database or KV has
 * become another meanwhile, it is void.
 *
 * @param systemIdentifier of the database
 * @param timeline of the database
 * @param namespace of KV
 * @param control what the control key held; null if there was none
 */
record Consent(String systemIdentifier, long timeline, String namespace, @Nullable String control) {

  private static final JsonMapper JSON = new JsonMapper();

  static Consent to(Observation seen) {
    return new Consent(
        seen.ledger().now().systemIdentifier(),
        seen.ledger().now().timeline(),
        seen.namespace(),
        seen.control());
  }

  /** Whether it was given to what is seen now, or to what an adoption has made of that so far. */
  boolean covers(Observation seen) {
    Consent now = to(seen);
    return now.equals(this)
        || (new Consent(now.systemIdentifier, now.timeline, now.namespace, control).equals(this)
            && seen.controlKey()
                .map(ControlKey::history)
                .filter(history -> history.equals(seen.ledger().adopting()))
                .isPresent());
  }

  String toJson() {
    ObjectNode object = JSON.createObjectNode();
    object.put("systemIdentifier", systemIdentifier);
    object.put("timeline", timeline);
    object.put("namespace", namespace);
    object.put("control", control);
    return object.toString();
  }

  static Optional<Consent> parse(String text) {
    try {
      JsonNode object = JSON.readTree(text);
      JsonNode control = object.path("control");
      return Optional.of(
          new Consent(
              object.path("systemIdentifier").asText(),
              object.path("timeline").asLong(),
              object.path("namespace").asText(),
              control.isTextual() ? control.textValue() : null));
    } catch (JsonProcessingException e) {
      return Optional.empty();
    }
  }
}
