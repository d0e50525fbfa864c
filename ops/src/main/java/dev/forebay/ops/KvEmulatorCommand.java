package dev.forebay.ops;

import dev.forebay.kv.emulator.EmulatorConfig;
import dev.forebay.kv.emulator.EmulatorLimits;
import dev.forebay.kv.emulator.KvEmulator;
import dev.forebay.ops.start.Lifetime;
import java.io.PrintWriter;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

@Command(
    name = "kv-emulator",
    description = {
      "Run an emulator of the Workers KV API in memory, with Cloudflare's limits and errors.",
      "",
      "For benchmarks and tests; what it holds is gone when it ends."
    },
    mixinStandardHelpOptions = true,
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {"1:the port is taken", "130, 143:stopped by a signal"})
final class KvEmulatorCommand implements Callable<Integer> {

  /** Which of Cloudflare's limits apply. */
  enum Plan {
    PAID,
    FREE,
    NONE
  }

  @Option(
      names = "--port",
      paramLabel = "PORT",
      description = "Port on 127.0.0.1, 0 for any free one (default: ${DEFAULT-VALUE}).",
      defaultValue = "8790")
  private int port;

  @Option(
      names = "--namespace",
      paramLabel = "ID",
      description = "The namespace that exists (default: ${DEFAULT-VALUE}).",
      defaultValue = "documents")
  private String namespace = "documents";

  @Option(
      names = "--token",
      paramLabel = "TOKEN",
      description = "The API token that may write (default: ${DEFAULT-VALUE}).",
      defaultValue = "emulator")
  private String token = "emulator";

  @Option(
      names = "--plan",
      description = "Limits: ${COMPLETION-CANDIDATES} (default: ${DEFAULT-VALUE}).",
      defaultValue = "PAID")
  private Plan plan = Plan.PAID;

  @Spec private CommandSpec spec = CommandSpec.create();

  @Override
  public Integer call() throws Exception {
    return ExitCode.of(Lifetime.run(this::start), spec);
  }

  private void start(Lifetime lifetime) throws Exception {
    EmulatorLimits limits =
        switch (plan) {
          case PAID -> EmulatorLimits.paid();
          case FREE -> EmulatorLimits.free();
          case NONE -> EmulatorLimits.none();
        };
    EmulatorConfig config = EmulatorConfig.of(port, namespace, token).withLimits(limits);
    KvEmulator emulator = lifetime.open("emulator", () -> new KvEmulator(config));
    PrintWriter out = spec.commandLine().getOut();
    out.println("FOREBAY_KV_BASE_URL=" + emulator.apiUrl());
    out.println("FOREBAY_KV_ACCOUNT=emulator");
    out.println("FOREBAY_KV_NAMESPACE=" + namespace);
    out.println("FOREBAY_KV_TOKEN=" + token);
    out.println("forebay: ready");
    out.flush();
  }
}
