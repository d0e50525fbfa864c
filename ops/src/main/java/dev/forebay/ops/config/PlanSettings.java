package dev.forebay.ops.config;

import java.nio.file.Path;

/**
 * What {@code forebay plan} needs.
 *
 * @param models the database and the file
 * @param requests API calls of the worker per five minutes
 */
public record PlanSettings(ModelsSettings models, int requests) {

  /** The same with another file. */
  public PlanSettings with(Path file) {
    return new PlanSettings(models.with(file), requests);
  }
}
