package dev.forebay.model.file;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Objects;

/**
 * The JSON Schema (draft 7, which editors know best) of forebay.yaml. It tells an editor which
 * words there are and what they mean; what only the database knows is left to the compiler.
 */
public final class FileSchema {

  private FileSchema() {}

  /** Returns the schema as JSON text. */
  public static String json() {
    try (InputStream in = FileSchema.class.getResourceAsStream("forebay.schema.json")) {
      return new String(Objects.requireNonNull(in).readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
