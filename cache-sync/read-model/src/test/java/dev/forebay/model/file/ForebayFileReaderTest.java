package dev.forebay.model.file;

import static org.assertj.core.api.Assertions.assertThat;

import dev.forebay.model.Cadence;
import dev.forebay.model.Importance;
import dev.forebay.model.Problem;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class ForebayFileReaderTest {

  @TempDir private Path folder;

  private final Problems problems = new Problems();

  private ForebayFile read(String yaml) throws IOException {
    Path file = Files.writeString(folder.resolve("forebay.yaml"), yaml);
    return new ForebayFileReader(problems).read(file);
  }

  static Stream<Arguments> badInput() {
    return Stream.of(
        bad("", "forebay.yaml:1: The file is empty. Declare at least one model under 'models'."),
        bad("- a", "forebay.yaml:1: forebay.yaml must be words with values, not a list."),
        bad("model: {}", "forebay.yaml:1 model: The word 'model' is unknown. Did you mean models?"),
        bad(
            "models:\n  Article: { from: a, key: \"{id}\", fields: [id] }",
            "forebay.yaml:2 models.Article: The name 'Article' is not allowed. Use up to 40 lower-case letters,"
                + " digits and underscores, a letter first."),
        bad(
            "models:\n  a:\n    form: a\n    key: \"{id}\"\n    fields: [id]",
            "forebay.yaml:3 models.a.form: The word 'form' is unknown. Did you mean from?",
            "forebay.yaml:3 models.a: model 'a' lacks 'from'."),
        bad(
            "models:\n  a: { from: a, key: \"{id}\" }",
            "forebay.yaml:2 models.a: This object has no members. Name columns under 'fields'."),
        bad(
            "models:\n  a:\n    from: a\n    key: {id}\n    fields: [id]",
            "forebay.yaml:4 models.a.key: 'key' of model 'a' must be one value, not a mapping. If it begins with"
                + " { or [, put it in quotes."),
        bad(
            "models:\n  a: { from: a, key: id, fields: [id] }",
            "forebay.yaml:2 models.a.key: The key \"id\" names no column; write one in braces, for example"
                + " \"{id}\"."),
        bad(
            "models:\n  a: { from: a, key: \"{x}{y}\", fields: [id] }",
            "forebay.yaml:2 models.a.key: The key \"{x}{y}\" needs one of / : , ; = @ + ! between two columns, so"
                + " that their values cannot run together."),
        bad(
            "models:\n  a: { from: a, key: \"{id}\", fields: [id, { id: slug }] }",
            "forebay.yaml:2 models.a.fields.id: 'id' is a member already in line 2."),
        bad(
            "models:\n  a: { from: a, from: b, key: \"{id}\", fields: [id] }",
            "forebay.yaml:2 models.a.from: model 'a' says 'from' twice. Remove one."),
        bad(
            "models:\n  a:\n    from:\n    key: \"{id}\"\n    fields: [id]",
            "forebay.yaml:3 models.a.from: 'from' of model 'a' has no value."),
        bad(
            include("c: { from: c, limit: 5, fields: [id] }"),
            "forebay.yaml:6 models.a.include.c.limit: 'limit' without 'order' does not say which rows are meant. Add an"
                + " order, for example order: -created_at."),
        bad(
            include("c: { from: c, order: id, limit: ten, fields: [id] }"),
            "forebay.yaml:6 models.a.include.c.limit: 'limit' is 'ten'. Say a number from 1 to 999999."),
        bad(
            include("c: { from: c, order: id, limit: 0, fields: [id] }"),
            "forebay.yaml:6 models.a.include.c.limit: 'limit' is '0'. Say a number from 1 to 999999."),
        bad(
            include("c: { sum: price, form: c }"),
            "forebay.yaml:6 models.a.include.c.form: The word 'form' is unknown. Did you mean from?",
            "forebay.yaml:6 models.a.include.c: include 'c' lacks 'from'."),
        bad(
            include("c: { count: c, from: c }"),
            "forebay.yaml:6 models.a.include.c.from: The word 'from' is unknown. Known: count, on, through, where."),
        bad(
            include("c: { exists: c, through: { from: l, fields: [x] } }"),
            "forebay.yaml:6 models.a.include.c.through.fields: 'exists' makes no object, so 'fields' mean nothing. Remove them."),
        bad(
            include("c: { from: c, through: { from: l, fields: [id] }, fields: [id] }"),
            "forebay.yaml:6 models.a.include.c.through.fields: 'id' is a member already in line 6."),
        bad(
            include("c: { count: c, fields: [id] }"),
            "forebay.yaml:6 models.a.include.c.fields: The word 'fields' is unknown. Known: count, on, through, where."),
        bad(
            include("c: { from: c, on: [id], fields: [id] }"),
            "forebay.yaml:6 models.a.include.c.on: 'on' must be words with values, not a list.",
            "forebay.yaml:6 models.a.include.c.on: 'on' names no columns. Say on: { column: column of the table around"
                + " }."),
        bad(
            include("c: { from: c, through: { from: l, were: x }, fields: [id] }"),
            "forebay.yaml:6 models.a.include.c.through.were: The word 'were' is unknown. Did you mean where?"),
        bad(
            include("c: { from: c, ordr: id, fields: [id] }"),
            "forebay.yaml:6 models.a.include.c.ordr: The word 'ordr' is unknown. Did you mean order?"),
        bad(
            "models:\n  a:\n    sql: select 1\n    depends_on: { a: all }",
            "forebay.yaml:3 models.a: model 'a' lacks 'key'."),
        bad(
            "models:\n  a: { from: a, key: \"{id}\", fields: [id], refresh: often }",
            "forebay.yaml:2 models.a.refresh: 'refresh' is 'often'. Say a time such as 500ms, 10s, 5m or 1h."),
        bad(
            "models:\n  a: { from: a, key: \"{id}\", fields: [id], min_interval: soon }",
            "forebay.yaml:2 models.a.min_interval: 'min_interval' is 'soon'. Say a time such as 500ms, 10s, 5m or 1h."),
        bad(
            "models:\n  a: { singleton: true, from: a, include: { n: { count: a } } }",
            "forebay.yaml:2 models.a.from: A singleton has no 'from'. Use 'include'."),
        bad(
            "models:\n  a: { singleton: yes, include: { n: { count: a } } }",
            "forebay.yaml:2 models.a.singleton: 'singleton' is 'yes'. Say true or false.",
            "forebay.yaml:2 models.a: model 'a' lacks 'from'.",
            "forebay.yaml:2 models.a: model 'a' lacks 'key'."),
        bad(
            "resources:\n  a: { key: id, wirte: [id] }",
            "forebay.yaml:2 resources.a.wirte: The word 'wirte' is unknown. Did you mean write?",
            "forebay.yaml:2 resources.a: resource 'a' lacks 'table'."),
        bad(
            "models:\n  a: &x { from: a }\n  b: *x",
            "forebay.yaml:3 models.b: The alias *x is not allowed. Write the value out."),
        bad(
            "models: !!javax.script.ScriptEngineManager [a]",
            "forebay.yaml:1 models: 'models' must be words with values, not a list."),
        bad(
            "models:\n  a: {",
            "forebay.yaml:2: This is not YAML: expected the node content, but found '<stream end>'."),
        bad(
            "models: " + "{a: ".repeat(100_000),
            "forebay.yaml:1: The file is nested deeper than 40 levels."));
  }

  private static Arguments bad(String yaml, String... problems) {
    return Arguments.of(yaml, List.of(problems));
  }

  private static String include(String entry) {
    return "models:\n  a:\n    from: a\n    key: \"{id}\"\n    include:\n      " + entry;
  }

  @ParameterizedTest
  @MethodSource
  void badInput(String yaml, List<String> expected) throws IOException {
    read(yaml);

    assertThat(problems.list()).extracting(Problem::toString).containsExactlyElementsOf(expected);
  }

  @Test
  void read_missingFile() {
    new ForebayFileReader(problems).read(folder.resolve("none.yaml"));

    assertThat(problems.list()).singleElement().asString().contains("none.yaml cannot be read");
  }

  @Test
  void read_tooLarge() throws IOException {
    read("#".repeat(1 << 20) + "\n");

    assertThat(problems.list()).singleElement().asString().contains("is larger than 1 MiB");
  }

  @Test
  void read_notUtf8() throws IOException {
    Path file = folder.resolve("latin1.yaml");
    Files.write(file, "models: ü".getBytes(StandardCharsets.ISO_8859_1));

    new ForebayFileReader(problems).read(file);

    assertThat(problems.list()).singleElement().asString().contains("is not UTF-8");
  }

  @Test
  void read_wholeLanguage() throws IOException {
    ForebayFile file =
        read(
            """
            models:
              article:
                from: article
                key: "{slug}"
                min_interval: 2m
                importance: high
                fields: [id, { total: price * quantity, headline: title }]
                include:
                  tags: { from: tag, through: { from: link, on: { a: id } }, order: [-name, slug], fields: { n: name } }
                  number: { count: comment, where: body <> '' }
            """);

    assertThat(problems.list()).isEmpty();
    ForebayFile.ModelEntry model = file.models().getFirst();
    assertThat(model.cadence())
        .isEqualTo(new Cadence(Duration.ofMinutes(2), null, Importance.HIGH));
    assertThat(model.body().fields())
        .extracting(field -> field.name().value() + " = " + field.source().value())
        .containsExactly("id = id", "total = price * quantity", "headline = title");
    ForebayFile.Nested tags = (ForebayFile.Nested) model.body().members().getFirst();
    assertThat(tags.name())
        .isEqualTo(new Text("tags", new Location(9, "models.article.include.tags")));
    assertThat(tags.order())
        .extracting(order -> order.column().value() + " " + order.descending())
        .containsExactly("name true", "slug false");
    assertThat(model.body().members().getLast()).isInstanceOf(ForebayFile.Aggregate.class);
  }
}
