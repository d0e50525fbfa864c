package dev.forebay.api.openapi;

import dev.forebay.api.openapi.schema.Schemas;
import dev.forebay.api.route.Delivery;
import dev.forebay.api.token.Tokens;
import dev.forebay.api.touch.receipt.Receipts;
import io.swagger.v3.oas.models.Components;
import io.swagger.v3.oas.models.headers.Header;
import io.swagger.v3.oas.models.media.Schema;
import io.swagger.v3.oas.models.responses.ApiResponse;
import java.math.BigDecimal;

/** The headers of answers. */
final class Headers {

  static final String REQUEST_ID = "X-Request-Id";
  static final String CHALLENGE = "WWW-Authenticate";
  static final String RETRY_AFTER = "Retry-After";
  static final String ETAG = "ETag";
  static final String LOCATION = "Location";
  static final String CONTENT_LOCATION = "Content-Location";
  static final String LINK = "Link";
  static final String APPLIED = "Preference-Applied";

  static final String TOKEN = Tokens.HEADER;
  static final String DOCUMENTS = Receipts.DOCUMENTS;
  static final String MODELS = Receipts.MODELS;
  static final String WAIT = Delivery.WAIT;

  private static final String TAG = "^\"[^\"]*\"$";

  private Headers() {}

  static void addTo(Components components) {
    Schema<Object> tag = Schemas.of("string");
    tag.setPattern(TAG);
    Schema<Object> seconds = Schemas.of("integer");
    seconds.setMinimum(BigDecimal.ONE);
    Schema<Object> text = Schemas.of("string");
    declare(
        components, REQUEST_ID, "The request's name in the log: its own, if it sent one.", text);
    declare(components, CHALLENGE, "What kind of proof is wanted (RFC 6750).", text);
    declare(components, RETRY_AFTER, "Seconds to wait before repeating the request.", seconds);
    declare(components, ETAG, "The row's version: send it back as If-Match.", tag);
    declare(components, LOCATION, "The path of the row that was created.", text);
    declare(components, CONTENT_LOCATION, "The path of the row.", text);
    declare(components, LINK, "The next page, as <…>; rel=\"next\"; absent on the last.", text);
    declare(
        components,
        TOKEN,
        "What its bearer must see from now on: send it with the next request to the site, and to"
            + " this server. Absent where the server issues none.",
        text);
    declare(
        components,
        DOCUMENTS,
        "The documents that the write touches, each in quotes (RFC 9651, a list of strings);"
            + " absent if it touches none.",
        text);
    declare(
        components,
        MODELS,
        "Models of which any document may be touched, in the same form; absent if there are none.",
        text);
    declare(
        components,
        WAIT,
        "applied: KV has accepted every document that the write touches; pending: not within the time"
            + " of Prefer: wait. Absent where nobody waits.",
        text);
    declare(components, APPLIED, "Which of the preferences in Prefer was followed.", text);
  }

  /** Adds declared headers to an answer. */
  static void add(ApiResponse response, String... names) {
    for (String name : names) {
      response.addHeaderObject(name, new Header().$ref("#/components/headers/" + name));
    }
  }

  private static void declare(
      Components components, String name, String description, Schema<Object> schema) {
    components.addHeaders(name, new Header().description(description).schema(schema));
  }
}
