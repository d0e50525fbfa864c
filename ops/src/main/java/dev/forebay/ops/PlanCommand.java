package dev.forebay.ops;

import dev.forebay.ops.config.Environment;
import dev.forebay.ops.config.PlanSettings;
import dev.forebay.ops.plan.Plan;
import dev.forebay.ops.plan.PlanOptions;
import dev.forebay.ops.plan.Planner;
import dev.forebay.ops.plan.show.PlanJson;
import dev.forebay.ops.plan.show.PlanTable;
import dev.forebay.ops.progress.ProgressBar;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

@Command(
    name = "plan",
    description = "Say what forebay.yaml would write to KV, and what it costs; change nothing.",
    mixinStandardHelpOptions = true,
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {"0:planned, whether or not anything changes", "2:the set-up is wrong"},
    footerHeading = "%nEnvironment:%n",
    footer =
        "FOREBAY_DATABASE_URL, _USER, _PASSWORD, FOREBAY_INSTANCE, FOREBAY_MODELS,"
            + " FOREBAY_KV_REQUESTS: see ops/README.md.")
final class PlanCommand implements Callable<Integer> {

  @Option(names = "--models", paramLabel = "FILE", description = "Instead of FOREBAY_MODELS.")
  private @Nullable Path models;

  @Option(
      names = "--from",
      paramLabel = "FILE",
      description = "Show documents before and after as against this file, not the applied one.")
  private @Nullable Path from;

  @Option(
      names = "--sample",
      paramLabel = "PERCENT",
      description = "Build only a part of each model, and estimate (default: ${DEFAULT-VALUE}).",
      defaultValue = "100")
  private double sample;

  @Option(
      names = "--diff",
      paramLabel = "N",
      description = "Show so many changed documents (default: ${DEFAULT-VALUE}).",
      defaultValue = "3")
  private int diff;

  @Option(
      names = "--all",
      description = "Build also the models whose declaration is the applied one.")
  private boolean all;

  @Option(names = "--json", description = "One JSON object.")
  private boolean json;

  @Spec private CommandSpec spec = CommandSpec.create();

  @Override
  public Integer call() throws Exception {
    PlanSettings settings = new Environment(System.getenv()).plan();
    ProgressBar progress =
        new ProgressBar(
            spec.commandLine().getErr(),
            System.getenv("FOREBAY_TERMINAL") != null,
            System::nanoTime);
    Planner planner =
        new Planner(models == null ? settings : settings.with(models), options(), progress);
    Plan plan = planner.plan();
    PrintWriter out = spec.commandLine().getOut();
    out.print(json ? PlanJson.render(plan) : PlanTable.render(plan));
    out.flush();
    return ExitCode.OK;
  }

  private PlanOptions options() {
    if (from != null && !Files.isReadable(from)) {
      throw new ParameterException(spec.commandLine(), "--from " + from + " cannot be read.");
    }
    try {
      return new PlanOptions(from, sample, diff, all);
    } catch (IllegalArgumentException e) {
      throw new ParameterException(spec.commandLine(), e.getMessage() + ".", e);
    }
  }
}
