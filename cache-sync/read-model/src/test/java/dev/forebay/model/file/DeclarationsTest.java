package dev.forebay.model.file;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DeclarationsTest {

  private static final String FILE =
      """
      models:
        note: { from: note, key: "{id}", fields: [title, body] }
        page: { from: page, key: "{id}", include: { notes: { count: note } } }
      resources:
        note: { table: note, write: [title], roles: [editor] }
      """;

  @Test
  void alike_sameFile_isAllOfIt() {
    assertThat(Declarations.alike(FILE, FILE))
        .containsExactly("models.note", "models.page", "resources.note");
  }

  @Test
  void alike_otherLinesCommentsAndQuotes_areTheSameWords() {
    String written =
        """
        # moved, and in block style
        resources:
          note: { roles: [editor], table: 'note', write: [title] }
        models:
          page: { from: page, key: "{id}", include: { notes: { count: note } } }
          note:
            key: '{id}'
            from: note
            fields:
              - title
              - body
        """;

    assertThat(Declarations.alike(FILE, written))
        .containsExactly("models.note", "models.page", "resources.note");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"[title, body, colour]", "[body, title]", "[title]", "[title, { body: x }]"})
  void alike_otherFields_isAnotherModel(String fields) {
    assertThat(Declarations.alike(FILE, FILE.replace("[title, body]", fields)))
        .containsExactly("models.page", "resources.note");
  }

  @Test
  void alike_otherInclude_isAnotherModel() {
    assertThat(Declarations.alike(FILE, FILE.replace("count: note", "exists: note")))
        .doesNotContain("models.page");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "{", "models", "models: [note]", "[]"})
  void alike_whatIsNoForebayYaml_isNothing(String text) {
    assertThat(Declarations.alike(text, FILE)).isEmpty();
    assertThat(Declarations.alike(FILE, text)).isEmpty();
  }
}
