package dev.forebay.model;

import java.net.URLDecoder;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * How the KV key of a model is written: literals and placeholders for columns, for example {@code
 * {lang}/{slug}}. Immutable.
 *
 * <p>A value keeps the bytes {@code A–Z a–z 0–9 - . _ ~} of its UTF-8; each other byte becomes
 * {@code %XX}. Between two placeholders stands at least one character that an encoded value cannot
 * hold, so two lists of values never give one key. The rule is shared with the reader in
 * TypeScript; {@code golden/keys.json} owns it.
 */
public final class KeyTemplate {

  /** The template of a singleton: one document, whose key is the model's name and a colon. */
  public static final KeyTemplate SINGLETON = new KeyTemplate(List.of(), List.of(""));

  private static final int MAX_LENGTH = 200;
  private static final Pattern PLACEHOLDER = Pattern.compile("\\{([^{}]+)}");
  private static final Pattern LITERAL = Pattern.compile("[A-Za-z0-9._~/:,;=@+!-]*");
  private static final Pattern KEPT = Pattern.compile("[A-Za-z0-9._~-]*");
  private static final String KEPT_MARKS = "-._~";
  private static final String HEX = "0123456789ABCDEF";

  private final List<String> columns;
  private final List<String> literals;

  private KeyTemplate(List<String> columns, List<String> literals) {
    this.columns = List.copyOf(columns);
    this.literals = List.copyOf(literals);
  }

  /**
   * Reads a template.
   *
   * @param template at most 200 characters with at least one placeholder
   * @throws IllegalArgumentException saying, for the author of the template, what is wrong
   */
  public static KeyTemplate parse(String template) {
    require(template.length() <= MAX_LENGTH, "is longer than " + MAX_LENGTH + " characters");
    List<String> columns = new ArrayList<>();
    List<String> literals = new ArrayList<>();
    Matcher placeholder = PLACEHOLDER.matcher(template);
    int end = 0;
    while (placeholder.find()) {
      literals.add(template.substring(end, placeholder.start()));
      columns.add(placeholder.group(1));
      end = placeholder.end();
    }
    literals.add(template.substring(end));
    require(!columns.isEmpty(), "names no column; write one in braces, for example \"{id}\"");
    require(new HashSet<>(columns).size() == columns.size(), "names a column twice");
    literals.forEach(KeyTemplate::checkLiteral);
    for (String between : literals.subList(1, literals.size() - 1)) {
      require(
          !KEPT.matcher(between).matches(),
          "needs one of / : , ; = @ + ! between two columns, so that their values cannot run"
              + " together");
    }
    return new KeyTemplate(columns, literals);
  }

  private static void checkLiteral(String literal) {
    require(
        LITERAL.matcher(literal).matches(),
        "holds '"
            + literal
            + "'; outside braces only letters and digits of ASCII and - . _ ~ / : , ; = @ + ! may"
            + " stand");
  }

  private static void require(boolean holds, String otherwise) {
    if (!holds) {
      throw new IllegalArgumentException(otherwise);
    }
  }

  /** The columns whose values make the key, in the template's order; empty for a singleton. */
  public List<String> columns() {
    return columns;
  }

  /**
   * Names the document of a model.
   *
   * @param values one per column, as PostgreSQL's text
   * @throws IllegalArgumentException if the number of values differs from that of the columns, or a
   *     value is not well-formed Unicode; no row has such a key
   */
  public DocumentKey key(String model, List<String> values) {
    require(
        values.size() == columns.size(),
        "the key of " + model + " has " + columns.size() + " values, not " + values.size());
    StringBuilder key = new StringBuilder(model).append(':').append(literals.getFirst());
    for (int i = 0; i < values.size(); i++) {
      encode(values.get(i), key);
      key.append(literals.get(i + 1));
    }
    return new DocumentKey(model, values, key.toString());
  }

  /**
   * Reads a KV key back: which document it names; empty if no document of this template can have
   * it.
   */
  public Optional<DocumentKey> match(String model, String kvKey) {
    StringBuilder pattern = new StringBuilder(Pattern.quote(model + ":" + literals.getFirst()));
    for (String literal : literals.subList(1, literals.size())) {
      pattern.append("([A-Za-z0-9._~%-]*)").append(Pattern.quote(literal));
    }
    Matcher matcher = Pattern.compile(pattern.toString()).matcher(kvKey);
    if (!matcher.matches()) {
      return Optional.empty();
    }
    try {
      List<String> values = new ArrayList<>();
      for (int i = 1; i <= columns.size(); i++) {
        // Its rule for "+" is that of forms; an encoded value holds none.
        values.add(URLDecoder.decode(matcher.group(i), StandardCharsets.UTF_8));
      }
      DocumentKey key = key(model, values);
      return key.kvKey().equals(kvKey) ? Optional.of(key) : Optional.empty();
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  private static void encode(String value, StringBuilder into) {
    ByteBuffer bytes;
    try {
      bytes =
          StandardCharsets.UTF_8
              .newEncoder()
              .onMalformedInput(CodingErrorAction.REPORT)
              .encode(CharBuffer.wrap(value));
    } catch (CharacterCodingException e) {
      throw new IllegalArgumentException("a key value is not well-formed Unicode", e);
    }
    while (bytes.hasRemaining()) {
      int b = bytes.get() & 0xFF;
      if (isKept(b)) {
        into.append((char) b);
      } else {
        into.append('%').append(HEX.charAt(b >> 4)).append(HEX.charAt(b & 0xF));
      }
    }
  }

  private static boolean isKept(int b) {
    return (b >= 'A' && b <= 'Z')
        || (b >= 'a' && b <= 'z')
        || (b >= '0' && b <= '9')
        || KEPT_MARKS.indexOf(b) >= 0;
  }
}
