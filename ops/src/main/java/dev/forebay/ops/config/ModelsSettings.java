package dev.forebay.ops.config;

import java.nio.file.Path;

/**
 * What a verb needs that only looks at forebay.yaml and the database.
 *
 * @param models the file
 */
public record ModelsSettings(DatabaseConfig database, Path models) {

  /** The same with another file. */
  public ModelsSettings with(Path file) {
    return new ModelsSettings(database, file);
  }
}
