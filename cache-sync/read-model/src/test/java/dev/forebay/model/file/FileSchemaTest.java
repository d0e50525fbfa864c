package dev.forebay.model.file;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.networknt.schema.JsonSchema;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SpecVersion.VersionFlag;
import com.networknt.schema.ValidationMessage;
import dev.forebay.model.tree.Function;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

/** What the schema tells an editor is what the reader accepts. */
class FileSchemaTest {

  private static final Path ROOT = Path.of("..", "..");
  private static final JsonMapper JSON = new JsonMapper();
  private static final JsonSchema SCHEMA =
      JsonSchemaFactory.getInstance(VersionFlag.V7).getSchema(FileSchema.json());

  @TempDir Path directory;

  private static Set<ValidationMessage> faults(String yaml) {
    Object value = new Load(LoadSettings.builder().build()).loadFromString(yaml);
    return SCHEMA.validate(JSON.valueToTree(value));
  }

  private List<String> problems(String yaml) throws IOException {
    Path file = Files.writeString(directory.resolve("forebay.yaml"), yaml);
    Problems problems = new Problems();
    new ForebayFileReader(problems).read(file);
    return problems.count() == 0 ? List.of() : List.of("refused");
  }

  @Test
  void words_areThoseOfTheReader() throws IOException {
    JsonNode schema = JSON.readTree(FileSchema.json());
    Map<JsonNode, List<String>> words =
        Map.of(
            schema,
            ForebayFileReader.TOP_WORDS,
            schema.at("/definitions/model"),
            ForebayFileReader.MODEL_WORDS,
            schema.at("/definitions/resource"),
            ForebayFileReader.RESOURCE_WORDS,
            schema.at("/definitions/resource/properties/roles/anyOf/1"),
            ForebayFileReader.ROLE_WORDS,
            schema.at("/definitions/member"),
            BodyReader.NESTED_WORDS,
            schema.at("/definitions/through/anyOf/1"),
            RelationReader.THROUGH_WORDS,
            schema.at("/definitions/dependency/anyOf/1"),
            ForebayFileReader.DEPENDENCY_WORDS);
    words.forEach((object, known) -> {
      assertThat(names(object.get("properties"))).isEqualTo(new TreeSet<>(known));
      assertThat(object.get("additionalProperties").booleanValue()).isFalse();
    });
    assertThat(Arrays.stream(Function.values()).map(Function::word))
        .allMatch(BodyReader.NESTED_WORDS::contains);
  }

  @Test
  void everyWord_isDescribed() throws IOException {
    JsonNode schema = JSON.readTree(FileSchema.json());
    Stream<JsonNode> objects =
        Stream.of("", "/definitions/model", "/definitions/resource", "/definitions/member")
            .map(schema::at);
    objects.forEach(object ->
        object
            .get("properties")
            .forEach(word -> {
              JsonNode said =
                  word.has("$ref") ? schema.at(word.get("$ref").textValue().substring(1)) : word;
              assertThat(said.path("description").asText())
                  .as(word.toString())
                  .hasSizeGreaterThan(10);
            }));
  }

  private static Set<String> names(JsonNode object) {
    Set<String> names = new TreeSet<>();
    object.fieldNames().forEachRemaining(names::add);
    return names;
  }

  static Stream<Path> files() throws IOException {
    List<Path> found;
    try (Stream<Path> files =
        Stream.of(
                "ops/example", "ops/src/test/resources", "cache-sync/read-model/src/test/resources")
            .map(ROOT::resolve)
            .flatMap(FileSchemaTest::below)) {
      found = files.filter(file -> file.endsWith("forebay.yaml")).toList();
    }
    assertThat(found).hasSizeGreaterThanOrEqualTo(4);
    return found.stream();
  }

  private static Stream<Path> below(Path folder) {
    try (Stream<Path> files = Files.walk(folder)) {
      return files.toList().stream();
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  @ParameterizedTest
  @MethodSource("files")
  void filesOfTheProject_areValid(Path file) throws IOException {
    assertThat(faults(Files.readString(file))).isEmpty();
  }

  @Test
  void example_namesTheSchema() throws IOException {
    Path example = ROOT.resolve("ops/example/forebay.yaml");
    String first = Files.readAllLines(example).getFirst();
    assertThat(first).startsWith("# yaml-language-server: $schema=");
    Path schema = example.resolveSibling(first.substring(first.indexOf('=') + 1));
    assertThat(schema).content().isEqualTo(FileSchema.json());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "model: {}",
        "models: []",
        "models: { Big: { from: a, key: '{id}', fields: [id] } }",
        "models: { m: { form: a, key: '{id}', fields: [id] } }",
        "models: { m: { key: '{id}', fields: [id] } }",
        "models: { m: { from: a, fields: [id] } }",
        "models: { m: { from: a, key: no column, fields: [id] } }",
        "models: { m: { from: [a], key: '{id}', fields: [id] } }",
        "models: { m: { from: a, key: '{id}', fields: [[id]] } }",
        "models: { m: { from: a, key: '{id}', fields: [{ x: [id] }] } }",
        "models: { m: { from: a, key: '{id}', fields: [id], min_interval: 10 } }",
        "models: { m: { from: a, key: '{id}', fields: [id], refresh: soon } }",
        "models: { m: { from: a, key: '{id}', fields: [id], include: [b] } }",
        "models: { m: { from: a, key: '{id}', fields: [id], include: { b: { fields: [id] } } } }",
        "models: { m: { from: a, key: '{id}', fields: [id], include: { b: { from: b, fields: [id], limit: 3 } } } }",
        "models: { m: { from: a, key: '{id}', fields: [id], include: { b: { from: b, fields: [id], order: id, limit: 0 } } } }",
        "models: { m: { from: a, key: '{id}', fields: [id], include: { b: { from: b, fields: [id], order: { id: desc } } } } }",
        "models: { m: { from: a, key: '{id}', fields: [id], include: { b: { from: b, fields: [id], on: id } } } }",
        "models: { m: { from: a, key: '{id}', fields: [id], include: { b: { from: b, fields: [id], through: { table: c } } } } }",
        "models: { m: { from: a, key: '{id}', fields: [id], include: { n: { sum: id } } } }",
        "models: { m: { from: a, key: '{id}', fields: [id], include: { n: { total: id, from: b } } } }",
        "models: { m: { sql: select 1, key: '{id}' } }",
        "models: { m: { sql: select 1, key: '{id}', depends_on: { a: some } } }",
        "models: { m: { sql: select 1, key: '{id}', depends_on: { a: { key: select 1 } } } }",
        "models: { m: { key: '{id}', depends_on: { a: all } } }",
        "resources: { r: { key: id } }",
        "resources: { r: { table: a, rolls: [editor] } }",
        "resources: { r: { table: a, roles: { write: [editor] } } }",
        "resources: { r: { table: a, roles: { read: { a: b } } } }",
        "resources: { r: { table: a, if_match: always } }",
        "resources: { r: { table: a, version: [x] } }",
      })
  void wrongShape_isRefusedByBoth(String yaml) throws IOException {
    assertThat(problems(yaml)).as("the reader").isNotEmpty();
    assertThat(faults(yaml)).as("the schema").isNotEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "models: { m: { from: a, key: '{id}', fields: id, where: true } }",
        "models: { m: { from: a, key: '{id}', fields: [id, { x: 1, y: id + 1 }] } }",
        "models: { m: { from: a, key: '{id}', include: { n: { count: b } } } }",
        "models: { m: { from: a, key: '{id}', fields: [id], include: { n: { avg: 1, from: b } } } }",
        "models: { m: { singleton: true, include: { n: { exists: b } } } }",
        "models: { m: { singleton: true, sql: select 1, depends_on: { a: all } } }",
        "models: { m: { from: a, key: '{id}', fields: [id], include: { b: { from: b, through: c, order: [-id, through.x nulls last], limit: 3, fields: [id] } } } }",
        "resources: { r: { table: a } }",
        "resources: { r: { table: a, key: [a, b], write: a, roles: editor } }",
        "resources: { r: { table: a, roles: { read: a, update: [a, b] }, version: v, if_match: required, as: x } }",
      })
  void rightShape_isAcceptedByBoth(String yaml) throws IOException {
    assertThat(problems(yaml)).as("the reader").isEmpty();
    assertThat(faults(yaml)).as("the schema").isEmpty();
  }
}
