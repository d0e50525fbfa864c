package dev.forebay.ops;

import dev.forebay.ops.admin.AdminServer;
import dev.forebay.ops.admin.ProcessStatus;
import dev.forebay.ops.config.Environment;
import dev.forebay.ops.config.SyncSettings;
import dev.forebay.ops.start.Lifetime;
import dev.forebay.ops.start.Metrics;
import dev.forebay.ops.start.SyncProcess;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

@Command(
    name = "sync",
    description = {
      "Run the sync worker: it keeps the documents in Workers KV true.",
      "",
      "Of several with one instance, one leads; the others stand by and take over by themselves."
    },
    mixinStandardHelpOptions = true,
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {
      "1:the lease was lost to another worker, or a part ended",
      "2:the set-up is wrong; nothing was started",
      "130, 143:stopped by a signal, after what was read is settled (FOREBAY_DRAIN_SECONDS)"
    },
    footerHeading = "%nEnvironment:%n",
    footer = {
      "FOREBAY_DATABASE_URL, _USER, _PASSWORD, _POOL, FOREBAY_INSTANCE, FOREBAY_MODELS,",
      "FOREBAY_KV_ACCOUNT, _NAMESPACE, _TOKEN, _BASE_URL, FOREBAY_DRAIN_SECONDS,",
      "FOREBAY_KV_WRITES_PER_DAY, FOREBAY_RESYNC_RATE, FOREBAY_VERIFY_HOURS, _REPAIR,",
      "FOREBAY_ON_FAILOVER,",
      "FOREBAY_ADMIN_HOST, _PORT: see ops/README.md."
    })
final class SyncCommand implements Callable<Integer> {

  @Spec private CommandSpec spec = CommandSpec.create();

  @Override
  public Integer call() throws Exception {
    SyncSettings settings = new Environment(System.getenv()).sync();
    return ExitCode.of(Lifetime.run(lifetime -> start(settings, lifetime)), spec);
  }

  private static void start(SyncSettings settings, Lifetime lifetime) throws Exception {
    Metrics metrics = lifetime.open("metrics", Metrics::new);
    SyncProcess sync = new SyncProcess(settings, metrics.registry(), lifetime);
    ProcessStatus status =
        new ProcessStatus(
            "sync", settings.instance().name(), sync.checks(), sync::lease, sync::status);
    lifetime.open(
        "admin", () -> new AdminServer(settings.admin(), metrics.registry(), status, sync.keys()));
  }
}
