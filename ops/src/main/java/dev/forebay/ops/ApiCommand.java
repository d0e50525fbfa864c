package dev.forebay.ops;

import dev.forebay.ops.admin.AdminServer;
import dev.forebay.ops.admin.ProcessStatus;
import dev.forebay.ops.config.ApiSettings;
import dev.forebay.ops.config.Environment;
import dev.forebay.ops.start.ApiProcess;
import dev.forebay.ops.start.Lifetime;
import dev.forebay.ops.start.Metrics;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

@Command(
    name = "api",
    description = "Serve the API: clients write to PostgreSQL through it.",
    mixinStandardHelpOptions = true,
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {"2:the set-up is wrong; nothing was started", "130, 143:stopped by a signal"},
    footerHeading = "%nEnvironment:%n",
    footer = {
      "FOREBAY_DATABASE_URL, _USER, _PASSWORD, _POOL, FOREBAY_INSTANCE, FOREBAY_MODELS,",
      "FOREBAY_API_HOST, _PORT, _PREPARED, _REQUESTS_PER_SECOND, _REQUESTS_BURST, _IN_FLIGHT,",
      "_CONNECTIONS, _BODY_BYTES, _STOP_SECONDS, _CORS_ORIGINS, FOREBAY_ADMIN_HOST, _PORT,",
      "FOREBAY_JWT_ISSUER, _AUDIENCE, _JWKS_URL, _ROLES_CLAIM,",
      "FOREBAY_ORIGIN_CACHE_BYTES, _REQUESTS_PER_SECOND: see ops/README.md."
    })
final class ApiCommand implements Callable<Integer> {

  @Spec private CommandSpec spec = CommandSpec.create();

  @Override
  public Integer call() throws Exception {
    ApiSettings settings = new Environment(System.getenv()).api();
    return ExitCode.of(Lifetime.run(lifetime -> start(settings, lifetime)), spec);
  }

  private static void start(ApiSettings settings, Lifetime lifetime) throws Exception {
    Metrics metrics = lifetime.open("metrics", Metrics::new);
    ApiProcess api = new ApiProcess(settings, metrics.registry(), lifetime);
    ProcessStatus status =
        new ProcessStatus("api", settings.instance().name(), api.checks(), () -> null, () -> null);
    // Opened before the API, so that it is closed after it and can say meanwhile: not ready.
    lifetime.open("admin", () -> new AdminServer(settings.admin(), metrics.registry(), status));
    api.serve();
  }
}
