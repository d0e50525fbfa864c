package dev.forebay.ops.dev;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.forebay.model.Problem;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ArticleFileTest {

  private static final String WHOLE =
      """
      ---
      slug: the-one-idea
      title: The one idea: a change event is only a hint
      summary: Why content is read again.
      author: Forebay Core
      tags: Concepts, Read models
      published_at: 2026-11-20T09:00:00Z
      ---

      First line.

      ---
      After a rule.

      """;

  @Test
  void parse_wholeFile() throws Exception {
    assertThat(ArticleFile.parse("01-idea.md", WHOLE))
        .isEqualTo(
            new ArticleFile(
                "the-one-idea",
                "The one idea: a change event is only a hint",
                "Why content is read again.",
                "Forebay Core",
                List.of("Concepts", "Read models"),
                Instant.parse("2026-11-20T09:00:00Z"),
                "First line.\n\n---\nAfter a rule."));
  }

  @Test
  void parse_noFrontMatter_isOneProblem() {
    assertThat(problems("# A heading\n"))
        .isEqualTo("a.md:1: has no front matter. Begin and end it with ---.");
    assertThat(problems("")).isEqualTo("a.md:1: has no front matter. Begin and end it with ---.");
    assertThat(problems("---\nslug: x\n"))
        .isEqualTo("a.md:1: has no front matter. Begin and end it with ---.");
  }

  @Test
  void parse_wrongLines_areAllNamed() {
    String text = WHOLE.replace("author:", "writer:").replace("2026-11-20T09:00:00Z", "yesterday");

    assertThat(problems(text))
        .isEqualTo(
            "a.md:5: 'writer' is no key here. Each of [slug, title, summary, author, tags,"
                + " published_at] once. | a.md: 'author' is missing. Add it to the front matter. |"
                + " a.md: published_at 'yesterday' is no time. Write it like"
                + " 2026-11-20T09:00:00Z.");
  }

  @ParameterizedTest(name = "{0} -> {1}")
  @CsvSource({
    "Read models, read-models",
    "PostgreSQL, postgresql",
    "C++ & Java!, c-java",
    "-- x --, x",
  })
  void slug_keepsLettersAndDigits(String name, String slug) {
    assertThat(ArticleFile.slug(name)).isEqualTo(slug);
  }

  private static String problems(String text) {
    return String.join(
        " | ",
        catchThrowableOfType(
                ArticleFile.InvalidArticleException.class, () -> ArticleFile.parse("a.md", text))
            .problems()
            .stream()
            .map(Problem::toString)
            .toList());
  }
}
