package dev.forebay.ops.dev;

import java.nio.file.Path;
import java.util.List;

/**
 * What a developer may choose.
 *
 * @param apiPort port of the API
 * @param adminPort port for metrics, health and status
 * @param sitePort port of the Pages site
 * @param databasePort port of PostgreSQL
 * @param data where everything is kept
 * @param reset start without what is kept there
 */
public record DevOptions(
    int apiPort, int adminPort, int sitePort, int databasePort, Path data, boolean reset) {

  /** The ports with the flags that change them. */
  List<DevPort> ports() {
    return List.of(
        new DevPort("api", "--api-port", apiPort),
        new DevPort("admin", "--admin-port", adminPort),
        new DevPort("site", "--site-port", sitePort),
        new DevPort("database", "--database-port", databasePort));
  }
}
