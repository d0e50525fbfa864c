package dev.forebay.kv.contract;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.forebay.kv.emulator.EmulatedNamespace;
import dev.forebay.kv.emulator.EmulatorConfig;
import dev.forebay.kv.emulator.EmulatorLimits;
import dev.forebay.kv.emulator.KvEmulator;
import dev.forebay.kv.emulator.StoredValue;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Cloudflare's own clients take the emulator for Cloudflare. */
class OfficialClientsIT {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String NAMESPACE = "0123456789abcdef0123456789abcdef";
  private static final String ACCOUNT = "fedcba9876543210fedcba9876543210";
  private static final String TOKEN = "official-clients-token";

  @TempDir private Path directory;
  private KvEmulator emulator;
  private EmulatedNamespace namespace;

  @BeforeEach
  void start() throws IOException {
    EmulatorConfig.Account account =
        new EmulatorConfig.Account(
            ACCOUNT,
            List.of(NAMESPACE),
            List.of(new EmulatorConfig.Token(TOKEN, EmulatorConfig.Access.WRITE, false)));
    emulator =
        new KvEmulator(
            EmulatorConfig.of(0, NAMESPACE, TOKEN)
                .withAccounts(List.of(account))
                .withLimits(EmulatorLimits.none()));
    namespace = emulator.namespace(ACCOUNT, NAMESPACE);
  }

  @AfterEach
  void stop() {
    emulator.close();
  }

  @Test
  void wrangler_putsGetsListsAndDeletes() throws Exception {
    assertThat(json(wrangler("namespace", "list")).get(0).get("id").asText()).isEqualTo(NAMESPACE);

    kv("key", "put", "w:a b/ü", "from wrangler", "--metadata", "{\"v\":1}", "--ttl", "3600");
    StoredValue stored = namespace.find("w:a b/ü").orElseThrow();
    assertThat(stored.text()).isEqualTo("from wrangler");
    assertThat(String.valueOf(stored.metadata())).isEqualTo("{\"v\":1}");
    assertThat(stored.expiration()).isNotNull();
    assertThat(kv("key", "get", "w:a b/ü", "--text")).contains("from wrangler");

    Path pairs = directory.resolve("pairs.json");
    Files.writeString(
        pairs,
        "[{\"key\":\"w:1\",\"value\":\"1\"},{\"key\":\"w:2\",\"value\":\"AAE=\",\"base64\":true}]");
    kv("bulk", "put", pairs.toString());
    assertThat(namespace.find("w:2").orElseThrow().value().hex()).isEqualTo("0001");

    JsonNode listed = json(kv("key", "list", "--prefix", "w:"));
    assertThat(listed.findValuesAsText("name")).containsExactly("w:1", "w:2", "w:a b/ü");
    assertThat(listed.get(2).get("metadata").toString()).isEqualTo("{\"v\":1}");

    Path keys = directory.resolve("keys.json");
    Files.writeString(keys, "[\"w:1\",\"w:2\"]");
    kv("bulk", "delete", keys.toString(), "--force");
    kv("key", "delete", "w:a b/ü");
    assertThat(namespace.all()).isEmpty();
  }

  @Test
  void sdk_putsGetsListsAndDeletes() throws Exception {
    Path script =
        Path.of(Objects.requireNonNull(OfficialClientsIT.class.getResource("sdk.cjs")).toURI());
    run(
        Wrangler.node(
            List.of(
                script.toString(),
                Wrangler.packageFolder("cloudflare").toString(),
                emulator.apiUrl().toString(),
                TOKEN,
                ACCOUNT,
                NAMESPACE)));
    assertThat(namespace.all()).containsOnlyKeys("sdk:bulk:0");
  }

  private String kv(String... arguments) throws IOException, InterruptedException {
    List<String> all = new ArrayList<>(List.of(arguments));
    all.addAll(List.of("--namespace-id", NAMESPACE, "--remote"));
    return wrangler(all.toArray(String[]::new));
  }

  private String wrangler(String... arguments) throws IOException, InterruptedException {
    List<String> all = new ArrayList<>(List.of("kv"));
    all.addAll(List.of(arguments));
    ProcessBuilder builder = Wrangler.command(all);
    builder.environment().put("CLOUDFLARE_API_BASE_URL", emulator.apiUrl().toString());
    builder.environment().put("CLOUDFLARE_API_TOKEN", TOKEN);
    builder.environment().put("CLOUDFLARE_ACCOUNT_ID", ACCOUNT);
    builder.environment().put("CI", "true");
    return run(builder);
  }

  /** What it printed; fails with all of it if the process fails. */
  private String run(ProcessBuilder builder) throws IOException, InterruptedException {
    Path out = Files.createTempFile(directory, "out", ".txt");
    Path err = Files.createTempFile(directory, "err", ".txt");
    Process process =
        builder
            .directory(directory.toFile())
            .redirectInput(new File("/dev/null"))
            .redirectOutput(out.toFile())
            .redirectError(err.toFile())
            .start();
    boolean ended = process.waitFor(60, TimeUnit.SECONDS);
    process.destroyForcibly();
    String said = Files.readString(out);
    assertThat(ended && process.exitValue() == 0)
        .as("%s%n%s%n%s", builder.command(), said, Files.readString(err))
        .isTrue();
    return said;
  }

  private static JsonNode json(String text) throws IOException {
    return JSON.readTree(text.substring(Math.max(0, text.indexOf("["))));
  }
}
