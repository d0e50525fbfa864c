package dev.forebay.api.resource;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.TextNode;
import dev.forebay.api.catalog.ColumnType;
import java.math.BigDecimal;
import java.time.DateTimeException;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.util.Optional;
import java.util.function.Function;
import java.util.regex.Pattern;

/**
 * Turns JSON values into the text that PostgreSQL casts to a column's type, and refuses what the
 * column would refuse or, worse, bend: text cut by a cast, digits rounded away, an offset ignored.
 */
final class ColumnValues {

  /** Longer numbers take long to parse; Jackson's limit for JSON numbers is the same. */
  private static final int MAX_NUMBER_LENGTH = 1_000;

  private static final Pattern NUMBER =
      Pattern.compile("[+-]?(\\d+(\\.\\d*)?|\\.\\d+)([eE][+-]?\\d{1,6})?");
  private static final Pattern UUID =
      Pattern.compile("[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}");

  /** Dates that PostgreSQL writes and java.time does not read. */
  private static final Pattern UNUSUAL_DATE = Pattern.compile("-?infinity|\\d{4}.* BC|\\d{5,}-.*");

  private static final Pattern UNUSUAL_NUMBER = Pattern.compile("NaN|-?Infinity");

  private ColumnValues() {}

  /**
   * Returns the value as text for a cast to the column's type.
   *
   * @param value not JSON's null
   */
  static String text(ColumnType type, JsonNode value) throws RefusedValueException {
    return switch (type.kind()) {
      case BOOLEAN -> bool(value);
      case SMALLINT -> integer(value, Short.MIN_VALUE, Short.MAX_VALUE);
      case INTEGER -> integer(value, Integer.MIN_VALUE, Integer.MAX_VALUE);
      case BIGINT -> integer(value, Long.MIN_VALUE, Long.MAX_VALUE);
      case NUMERIC -> numeric(type, value);
      case FLOAT -> floating(value);
      case TEXT -> limited(type, string(value));
      case ENUM -> label(type, string(value));
      case UUID -> matching(UUID, string(value), "must be a UUID");
      case DATE -> date(value, LocalDate::parse, "must be a date, YYYY-MM-DD");
      case TIMESTAMP ->
          date(value, LocalDateTime::parse, "must be an ISO 8601 time without an offset");
      case TIMESTAMPTZ ->
          date(value, OffsetDateTime::parse, "must be an ISO 8601 time with an offset or Z");
      case TIME -> date(value, LocalTime::parse, "must be a time of day, HH:MM:SS");
      case JSON -> json(value);
      case ARRAY -> ArrayLiterals.write(type, value);
      case OTHER -> string(value);
    };
  }

  private static String bool(JsonNode value) throws RefusedValueException {
    if (!value.isBoolean()) {
      throw new RefusedValueException("must be true or false");
    }
    return value.asText();
  }

  private static String integer(JsonNode value, long least, long most)
      throws RefusedValueException {
    String what = "an integer from " + least + " to " + most;
    BigDecimal number = number(value, what).stripTrailingZeros();
    // The scale is looked at first: expanding 1e-999999999 would take minutes and all memory.
    if (number.scale() > 0
        || number.compareTo(BigDecimal.valueOf(least)) < 0
        || number.compareTo(BigDecimal.valueOf(most)) > 0) {
      throw new RefusedValueException("must be " + what);
    }
    return number.toBigIntegerExact().toString();
  }

  private static String floating(JsonNode value) throws RefusedValueException {
    return isUnusual(value) ? value.asText() : number(value, "a number").toString();
  }

  private static String numeric(ColumnType type, JsonNode value) throws RefusedValueException {
    if (isUnusual(value)) {
      return value.asText();
    }
    Integer precision = type.precision();
    if (precision == null && value.isTextual() && NUMBER.matcher(value.asText()).matches()) {
      return value.asText();
    }
    BigDecimal number = number(value, "a number");
    if (precision != null) {
      checkDigits(number.stripTrailingZeros(), precision, type.scale());
    }
    return number.toString();
  }

  private static void checkDigits(BigDecimal number, int precision, int scale)
      throws RefusedValueException {
    long whole = number.signum() == 0 ? 0 : (long) number.precision() - number.scale();
    if (whole > precision - scale || number.scale() > scale) {
      throw new RefusedValueException(
          "must have at most %d digits before the point and %d after it"
              .formatted(Math.max(0, precision - scale), Math.max(0, scale)));
    }
  }

  private static boolean isUnusual(JsonNode value) {
    return value.isTextual() && UNUSUAL_NUMBER.matcher(value.asText()).matches();
  }

  private static BigDecimal number(JsonNode value, String what) throws RefusedValueException {
    if (value.isNumber()) {
      return value.decimalValue();
    }
    String text = value.isTextual() ? value.asText() : "";
    if (text.length() > MAX_NUMBER_LENGTH || !NUMBER.matcher(text).matches()) {
      throw new RefusedValueException("must be " + what + ", as a number or a string");
    }
    return new BigDecimal(text);
  }

  private static String string(JsonNode value) throws RefusedValueException {
    if (!value.isTextual()) {
      throw new RefusedValueException("must be a string");
    }
    String text = value.asText();
    TextRules.check(text);
    return text;
  }

  private static String limited(ColumnType type, String text) throws RefusedValueException {
    Integer limit = type.maxLength();
    if (limit != null && text.codePointCount(0, text.length()) > limit) {
      throw new RefusedValueException("must have at most " + limit + " characters");
    }
    return text;
  }

  private static String label(ColumnType type, String text) throws RefusedValueException {
    if (!type.labels().contains(text)) {
      throw new RefusedValueException("must be one of " + String.join(", ", type.labels()));
    }
    return text;
  }

  private static String matching(Pattern pattern, String text, String rule)
      throws RefusedValueException {
    if (!pattern.matcher(text).matches()) {
      throw new RefusedValueException(rule);
    }
    return text;
  }

  private static String date(JsonNode value, Function<String, Object> parser, String rule)
      throws RefusedValueException {
    String text = string(value);
    if (UNUSUAL_DATE.matcher(text).matches()) {
      return text;
    }
    try {
      Object unused = parser.apply(text);
      return text;
    } catch (DateTimeException e) {
      throw new RefusedValueException(rule);
    }
  }

  private static String json(JsonNode value) throws RefusedValueException {
    TextRules.checkAll("", value);
    return value.toString();
  }

  /** Whether a text from a URL is a value of this type, in the one form that answers give it. */
  static boolean isKeyText(ColumnType type, String text) {
    try {
      return switch (type.kind()) {
        case BOOLEAN -> text.equals("true") || text.equals("false");
        case JSON, ARRAY -> false;
        default -> text(type, TextNode.valueOf(text)).equals(text);
      };
    } catch (RefusedValueException e) {
      return false;
    }
  }

  /**
   * A text from a URL in the form that PostgreSQL casts to the type.
   *
   * @return empty if it is no value of the type
   */
  static Optional<String> fromUrl(ColumnType type, String text) {
    try {
      return switch (type.kind()) {
        case BOOLEAN ->
            text.equals("true") || text.equals("false") ? Optional.of(text) : Optional.empty();
        case JSON, ARRAY -> Optional.empty();
        default -> Optional.of(text(type, TextNode.valueOf(text)));
      };
    } catch (RefusedValueException e) {
      return Optional.empty();
    }
  }
}
