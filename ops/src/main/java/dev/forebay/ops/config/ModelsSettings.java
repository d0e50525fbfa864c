package dev.forebay.ops.config;

import dev.forebay.model.Instance;
import java.nio.file.Path;

/**
 * What a verb needs that only looks at forebay.yaml and the database.
 *
 * @param instance fixes slot, publication and schema
 * @param models the file
 */
public record ModelsSettings(DatabaseConfig database, Instance instance, Path models) {

  /** The same with another file. */
  public ModelsSettings with(Path file) {
    return new ModelsSettings(database, instance, file);
  }
}
