package dev.forebay.api.http;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.forebay.api.problem.ApiProblem;
import dev.forebay.api.problem.ProblemType;
import io.javalin.http.Context;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Set;

/**
 * Reads the body of a request as JSON, strictly: UTF-8, one value, no member twice, bounded size
 * and depth, numbers without loss of digits.
 */
public final class JsonBody {

  public static final String JSON = "application/json";
  public static final String MERGE_PATCH = "application/merge-patch+json";

  /**
   * A body.
   *
   * @param json what it says
   * @param bytes as it was sent; not to be changed
   */
  @SuppressWarnings("ArrayRecordComponent") // Never compared, and copying would double it.
  public record Content(JsonNode json, byte[] bytes) {}

  private final int maxBytes;
  private final int maxDepth;
  private final ObjectReader reader;

  /**
   * @param maxBytes of a body
   * @param maxDepth levels it may nest
   */
  public JsonBody(int maxBytes, int maxDepth) {
    this.maxBytes = maxBytes;
    this.maxDepth = maxDepth;
    JsonMapper mapper =
        JsonMapper.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
            .nodeFactory(new JsonNodeFactory(true))
            .build();
    mapper
        .getFactory()
        .setStreamReadConstraints(
            StreamReadConstraints.builder()
                .maxNestingDepth(maxDepth)
                .maxStringLength(maxBytes)
                .build());
    this.reader = mapper.readerFor(JsonNode.class);
  }

  /**
   * Reads the body.
   *
   * @param mediaTypes accepted, in lower case, without parameters
   * @throws ApiProblem if it is too large, of another type or not JSON
   */
  public Content read(Context context, Set<String> mediaTypes) {
    checkType(context, mediaTypes);
    byte[] body = bytes(context);
    try {
      JsonNode value = reader.readTree(text(body));
      if (value.isMissingNode()) {
        throw malformed("The body is empty.");
      }
      return new Content(value, body);
    } catch (StreamConstraintsException e) {
      throw malformed(
          "The JSON nests deeper than %d levels, or has a number of more than 1,000 characters."
              .formatted(maxDepth));
    } catch (NumberFormatException e) {
      // What BigDecimal throws for an exponent of more than ten digits; Jackson lets it through.
      throw malformed("A number's exponent is too large.");
    } catch (JsonProcessingException e) {
      throw malformed(
          "The body is not valid JSON, or names a member twice: see line %d, column %d."
              .formatted(e.getLocation().getLineNr(), e.getLocation().getColumnNr()));
    }
  }

  private byte[] bytes(Context context) {
    long announced = context.req().getContentLengthLong();
    if (announced > maxBytes) {
      throw tooLarge(context);
    }
    // The exact length, where it is known, saves a buffer of 16 KB for every small body.
    int most = announced < 0 ? maxBytes + 1 : (int) announced;
    try (InputStream in = context.req().getInputStream()) {
      byte[] body = in.readNBytes(most);
      if (body.length > maxBytes) {
        throw tooLarge(context);
      }
      return body;
    } catch (IOException e) {
      throw malformed("The body ended early or could not be read.").causedBy(e);
    }
  }

  /** The rest of the body is not read, so the connection cannot carry another request. */
  private ApiProblem tooLarge(Context context) {
    context.header("Connection", "close");
    return ApiProblem.of(
        ProblemType.CONTENT_TOO_LARGE, "A body may have at most " + maxBytes + " bytes.");
  }

  private static String text(byte[] body) {
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(body)).toString();
    } catch (CharacterCodingException e) {
      throw malformed("The body is not UTF-8.");
    }
  }

  private static void checkType(Context context, Set<String> mediaTypes) {
    String header = context.req().getContentType();
    String[] parts = (header == null ? "" : header).toLowerCase(Locale.ROOT).split(";", 2);
    boolean utf8 =
        parts.length < 2 || parts[1].isBlank() || parts[1].matches("\\s*charset=\"?utf-8\"?\\s*");
    if (!mediaTypes.contains(parts[0].strip()) || !utf8) {
      throw ApiProblem.of(
          ProblemType.UNSUPPORTED_MEDIA_TYPE,
          "Send " + String.join(" or ", mediaTypes) + " in UTF-8.");
    }
    String encoding = context.header("Content-Encoding");
    if (encoding != null && !encoding.equalsIgnoreCase("identity")) {
      throw ApiProblem.of(
          ProblemType.UNSUPPORTED_MEDIA_TYPE, "Send the body without a content encoding.");
    }
  }

  private static ApiProblem malformed(String detail) {
    return ApiProblem.of(ProblemType.MALFORMED_REQUEST, detail);
  }
}
