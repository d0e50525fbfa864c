package dev.forebay.kv.contract;

import dev.forebay.kv.ApiToken;
import dev.forebay.kv.KvConfig;
import dev.forebay.kv.emulator.EmulatorConfig;
import dev.forebay.kv.emulator.KvEmulator;
import dev.forebay.kv.emulator.ManualClock;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumSet;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

class EmulatorContractTest extends KvContract {

  private static ManualClock clock;
  private static KvEmulator emulator;

  @BeforeAll
  static void start() throws IOException {
    clock = new ManualClock(Instant.now());
    emulator = new KvEmulator(EmulatorConfig.of(0, "documents", "secret").withClock(clock));
  }

  @AfterAll
  static void stop() {
    emulator.close();
  }

  @Override
  KvConfig server() {
    return KvConfig.of(emulator.namespacesUrl("emulator"), "documents", ApiToken.of("secret"));
  }

  @Override
  Set<Gap> gaps() {
    return EnumSet.noneOf(Gap.class);
  }

  @Override
  void waitForFloor() {
    clock.advance(Duration.ofSeconds(1));
  }
}
