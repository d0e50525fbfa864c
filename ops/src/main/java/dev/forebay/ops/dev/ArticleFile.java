package dev.forebay.ops.dev;

import dev.forebay.model.Problem;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * An article of the example: front matter between two lines of three dashes, then Markdown.
 *
 * @param slug in the URL
 * @param title heading of the page
 * @param summary for lists
 * @param author name of the author
 * @param tags names of the tags, in the order of the file
 * @param publishedAt when it appeared
 * @param body Markdown, without blank lines around it
 */
record ArticleFile(
    String slug,
    String title,
    String summary,
    String author,
    List<String> tags,
    Instant publishedAt,
    String body) {

  private static final String FENCE = "---";
  private static final List<String> KEYS =
      List.of("slug", "title", "summary", "author", "tags", "published_at");

  ArticleFile {
    tags = List.copyOf(tags);
  }

  /** A file that is no article, with all that is wrong with it. */
  static final class InvalidArticleException extends Exception {
    private static final long serialVersionUID = 1L;
    private final transient List<Problem> problems;

    InvalidArticleException(List<Problem> problems) {
      super(problems.toString());
      this.problems = List.copyOf(problems);
    }

    List<Problem> problems() {
      return problems;
    }
  }

  /**
   * Parses a file.
   *
   * @param name of the file, for problems
   * @param text its content
   */
  static ArticleFile parse(String name, String text) throws InvalidArticleException {
    List<String> lines = text.lines().toList();
    int end = lines.isEmpty() ? -1 : lines.subList(1, lines.size()).indexOf(FENCE) + 1;
    if (end < 1 || !lines.getFirst().equals(FENCE)) {
      throw new InvalidArticleException(
          List.of(new Problem(name + ":1", "has no front matter.", "Begin and end it with ---.")));
    }
    List<Problem> problems = new ArrayList<>();
    Map<String, String> values = frontMatter(name, lines.subList(1, end), problems);
    Instant publishedAt = instant(name, values.getOrDefault("published_at", ""), problems);
    if (!problems.isEmpty()) {
      throw new InvalidArticleException(problems);
    }
    return new ArticleFile(
        value(values, "slug"),
        value(values, "title"),
        value(values, "summary"),
        value(values, "author"),
        List.of(value(values, "tags").split("\\s*,\\s*")),
        publishedAt,
        String.join("\n", lines.subList(end + 1, lines.size())).strip());
  }

  private static String value(Map<String, String> values, String key) {
    return values.getOrDefault(key, "");
  }

  private static Map<String, String> frontMatter(
      String name, List<String> lines, List<Problem> problems) {
    Map<String, String> values = new LinkedHashMap<>();
    int number = 1;
    for (String line : lines) {
      number++;
      int colon = line.indexOf(':');
      String key = colon < 0 ? line : line.substring(0, colon);
      if (!KEYS.contains(key) || values.containsKey(key)) {
        problems.add(
            new Problem(
                name + ":" + number,
                "'" + key + "' is no key here.",
                "Each of " + KEYS + " once."));
      }
      values.put(key, colon < 0 ? "" : line.substring(colon + 1).strip());
    }
    for (String key : KEYS) {
      if (value(values, key).isEmpty()) {
        problems.add(new Problem(name, "'" + key + "' is missing.", "Add it to the front matter."));
      }
    }
    return values;
  }

  private static Instant instant(String name, String text, List<Problem> problems) {
    try {
      return Instant.parse(text);
    } catch (DateTimeParseException e) {
      if (!text.isEmpty()) {
        problems.add(
            new Problem(
                name,
                "published_at '" + text + "' is no time.",
                "Write it like 2026-11-20T09:00:00Z."));
      }
      return Instant.EPOCH;
    }
  }

  /** Turns a name into the part of a URL: {@code Read models} into {@code read-models}. */
  static String slug(String name) {
    return name.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9]+", "-").replaceAll("^-|-$", "");
  }
}
