package dev.forebay.kv.contract;

import dev.forebay.kv.ApiToken;
import dev.forebay.kv.KvConfig;
import java.io.IOException;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;

class LocalServerContractIT extends KvContract {

  private static LocalServer server;

  @BeforeAll
  static void start(@TempDir Path directory) throws IOException {
    server = new LocalServer(directory);
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  @Override
  KvConfig server() {
    return KvConfig.of(server.namespacesUrl(), LocalServer.NAMESPACE, ApiToken.none());
  }

  @Override
  Set<Gap> gaps() {
    return EnumSet.allOf(Gap.class);
  }

  @Override
  void waitForFloor() {
    // See Gap.NO_KEY_FLOOR.
  }
}
