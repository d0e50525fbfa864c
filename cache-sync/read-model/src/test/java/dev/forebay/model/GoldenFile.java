package dev.forebay.model;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Objects;

/** The contracts that Java and TypeScript both test against. */
final class GoldenFile {

  private GoldenFile() {}

  static <T> List<T> read(String name, TypeReference<List<T>> rows) {
    try (InputStream file =
        Objects.requireNonNull(GoldenFile.class.getResourceAsStream("/golden/" + name))) {
      return new JsonMapper().readValue(file, rows);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
