package dev.forebay.api.resource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.params.provider.Arguments.argumentSet;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.forebay.api.catalog.ColumnType;
import dev.forebay.api.catalog.Kind;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class ColumnValuesTest {

  private static final ObjectMapper MAPPER = new ObjectMapper();
  private static final ColumnType MONEY =
      new ColumnType(Kind.NUMERIC, "numeric", null, 5, 2, List.of(), null);
  private static final ColumnType THOUSANDS =
      new ColumnType(Kind.NUMERIC, "numeric", null, 2, -3, List.of(), null);
  private static final ColumnType FIVE =
      new ColumnType(Kind.TEXT, "varchar", 5, null, 0, List.of(), null);

  static Stream<Arguments> accepted() {
    return Stream.of(
        argumentSet("integer", plain(Kind.INTEGER), "42", "42"),
        argumentSet("integer as a string", plain(Kind.INTEGER), "'-42'", "-42"),
        argumentSet("integer written as a decimal", plain(Kind.INTEGER), "42.00", "42"),
        argumentSet("integer with an exponent", plain(Kind.INTEGER), "1e3", "1000"),
        argumentSet("zero with an exponent", plain(Kind.INTEGER), "0e99999", "0"),
        argumentSet(
            "least bigint", plain(Kind.BIGINT), "-9223372036854775808", "-9223372036854775808"),
        argumentSet(
            "most bigint", plain(Kind.BIGINT), "'9223372036854775807'", "9223372036854775807"),
        argumentSet("numeric keeps its zeros", plain(Kind.NUMERIC), "'1.500'", "1.500"),
        argumentSet("numeric that is none", plain(Kind.NUMERIC), "'NaN'", "NaN"),
        argumentSet("numeric of full size", MONEY, "999.99", "999.99"),
        argumentSet("numeric with idle zeros", MONEY, "'1.5000'", "1.5000"),
        argumentSet("numeric zero", MONEY, "0", "0"),
        argumentSet("numeric of negative scale", THOUSANDS, "99000", "99000"),
        argumentSet("float without end", plain(Kind.FLOAT), "'-Infinity'", "-Infinity"),
        argumentSet("text of full length", FIVE, "'äöü€🎈'", "äöü€🎈"),
        argumentSet("date before Christ", plain(Kind.DATE), "'0044-03-15 BC'", "0044-03-15 BC"),
        argumentSet("date without end", plain(Kind.DATE), "'infinity'", "infinity"),
        argumentSet("date far away", plain(Kind.DATE), "'12345-01-01'", "12345-01-01"),
        argumentSet("time", plain(Kind.TIME), "'23:59:59.5'", "23:59:59.5"),
        argumentSet(
            "timestamptz",
            plain(Kind.TIMESTAMPTZ),
            "'2026-01-01T00:00:00Z'",
            "2026-01-01T00:00:00Z"),
        argumentSet("JSON text", plain(Kind.JSON), "'x'", "\"x\""),
        argumentSet("JSON array", plain(Kind.JSON), "[1,null]", "[1,null]"),
        argumentSet(
            "array",
            array(Kind.TEXT),
            "['a','b,\\\\\\\\',null,'']",
            "{\"a\",\"b,\\\\\\\\\",NULL,\"\"}"),
        argumentSet("empty array", array(Kind.INTEGER), "[]", "{}"),
        argumentSet(
            "array of arrays",
            array(Kind.INTEGER),
            "[[1,2],[3,4]]",
            "{{\"1\",\"2\"},{\"3\",\"4\"}}"),
        argumentSet("array of JSON", array(Kind.JSON), "[[1],'x']", "{\"[1]\",\"\\\"x\\\"\"}"),
        argumentSet("other types are text", plain(Kind.OTHER), "'10.0.0.1'", "10.0.0.1"));
  }

  @ParameterizedTest
  @MethodSource("accepted")
  void text_accepted(ColumnType type, String json, String text) throws Exception {
    assertThat(ColumnValues.text(type, parse(json))).isEqualTo(text);
  }

  static Stream<Arguments> refused() {
    return Stream.of(
        argumentSet("fraction", plain(Kind.INTEGER), "0.5", "", "must be an integer"),
        argumentSet("too small", plain(Kind.SMALLINT), "-32769", "", "from -32768 to 32767"),
        argumentSet(
            "too large", plain(Kind.BIGINT), "9223372036854775808", "", "must be an integer"),
        argumentSet("tiny", plain(Kind.INTEGER), "'1e-999999'", "", "must be an integer"),
        argumentSet("vast", plain(Kind.INTEGER), "'1e999999'", "", "must be an integer"),
        argumentSet("words", plain(Kind.INTEGER), "'one'", "", "must be an integer"),
        argumentSet("hexadecimal", plain(Kind.NUMERIC), "'0x10'", "", "must be a number"),
        argumentSet("blank before", plain(Kind.NUMERIC), "' 1'", "", "must be a number"),
        argumentSet("true", plain(Kind.NUMERIC), "true", "", "must be a number"),
        argumentSet("digits before", MONEY, "1000", "", "at most 3 digits before the point and 2"),
        argumentSet("digits after", MONEY, "0.001", "", "at most 3 digits before the point and 2"),
        argumentSet("negative scale", THOUSANDS, "500", "", "at most 5 digits before"),
        argumentSet("exponent past int", MONEY, "'1e999999'", "", "at most 3 digits"),
        argumentSet("six characters", FIVE, "'äöü€🎈x'", "", "at most 5 characters"),
        argumentSet("object in array", array(Kind.TEXT), "['a',{}]", "/1", "must be a string"),
        argumentSet("deep in array", array(Kind.INTEGER), "[[1],['x']]", "/1/0", "an integer"),
        argumentSet("NUL in JSON", plain(Kind.JSON), "{'a':['\\u0000']}", "/a/0", "U+0000"),
        argumentSet("NUL in a name", plain(Kind.JSON), "{'\\u0000':1}", "", "U+0000"),
        argumentSet("low surrogate first", plain(Kind.TEXT), "'\\udc00\\ud800'", "", "surrogate"));
  }

  @ParameterizedTest
  @MethodSource("refused")
  void text_refused(ColumnType type, String json, String pointer, String reason) {
    assertThatThrownBy(() -> ColumnValues.text(type, parse(json)))
        .isInstanceOfSatisfying(
            RefusedValueException.class, e -> assertThat(e.pointer()).isEqualTo(pointer))
        .hasMessageContaining(reason);
  }

  @ParameterizedTest
  @CsvSource({
    "INTEGER, 1, true",
    "INTEGER, +1, false",
    "INTEGER, 01, false",
    "INTEGER, 1.0, false",
    "INTEGER, '', false",
    "BIGINT, 9223372036854775808, false",
    "BOOLEAN, true, true",
    "BOOLEAN, t, false",
    "TEXT, anything, true",
    "TEXT, '', true",
    "UUID, nope, false",
    "DATE, 2026-01-01, true",
    "DATE, 2026-13-01, false",
    "JSON, 1, false"
  })
  void isKeyText(Kind kind, String text, boolean expected) {
    assertThat(ColumnValues.isKeyText(plain(kind), text)).isEqualTo(expected);
  }

  private static ColumnType plain(Kind kind) {
    return ColumnType.of(kind, "x");
  }

  private static ColumnType array(Kind kind) {
    return new ColumnType(Kind.ARRAY, "x[]", null, null, 0, List.of(), plain(kind));
  }

  private static JsonNode parse(String json) throws Exception {
    return MAPPER
        .reader()
        .with(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
        .readTree(json.replace('\'', '"'));
  }
}
