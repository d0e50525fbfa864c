package dev.forebay.ops.plan.show;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamWriteConstraints;
import com.fasterxml.jackson.core.util.DefaultIndenter;
import com.fasterxml.jackson.core.util.DefaultPrettyPrinter;
import com.fasterxml.jackson.core.util.Separators;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Locale;

/** JSON as lines for a terminal: one member or element each, in the document's own order. */
public final class JsonLines {

  private static final int DEEPEST = 100_000;

  /** Documents are PostgreSQL's own work and of limited length, so their shape is not limited. */
  private static final JsonFactory JSON =
      JsonFactory.builder()
          .streamReadConstraints(
              StreamReadConstraints.builder()
                  .maxNestingDepth(DEEPEST)
                  .maxNumberLength(Integer.MAX_VALUE)
                  .maxStringLength(Integer.MAX_VALUE)
                  .build())
          .streamWriteConstraints(StreamWriteConstraints.builder().maxNestingDepth(DEEPEST).build())
          .build();

  private static final Separators SEPARATORS =
      Separators.createDefaultInstance()
          .withObjectFieldValueSpacing(Separators.Spacing.AFTER)
          .withObjectEmptySeparator("")
          .withArrayEmptySeparator("");

  private JsonLines() {}

  /**
   * Returns the lines of a document.
   *
   * @param json one JSON value
   * @throws UncheckedIOException if it is something else
   */
  public static List<String> of(String json) {
    DefaultIndenter lineFeeds = new DefaultIndenter("  ", "\n");
    StringWriter text = new StringWriter();
    try (JsonParser parser = JSON.createParser(json);
        JsonGenerator generator = JSON.createGenerator(text)) {
      generator.setPrettyPrinter(
          new DefaultPrettyPrinter(SEPARATORS)
              .withObjectIndenter(lineFeeds)
              .withArrayIndenter(lineFeeds));
      while (parser.nextToken() != null) {
        generator.copyCurrentEventExact(parser);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return text.toString().lines().map(JsonLines::printable).toList();
  }

  /** What would play with a terminal is written out as JSON writes it. */
  private static String printable(String line) {
    if (line.chars().noneMatch(JsonLines::isOdd)) {
      return line;
    }
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < line.length(); i++) {
      char c = line.charAt(i);
      text.append(isOdd(c) ? String.format(Locale.ROOT, "\\u%04x", (int) c) : c);
    }
    return text.toString();
  }

  /** Control characters, line ends that are none of ours, and what turns the writing direction. */
  private static boolean isOdd(int c) {
    return switch (Character.getType(c)) {
      case Character.CONTROL,
          Character.FORMAT,
          Character.LINE_SEPARATOR,
          Character.PARAGRAPH_SEPARATOR ->
          true;
      default -> false;
    };
  }
}
