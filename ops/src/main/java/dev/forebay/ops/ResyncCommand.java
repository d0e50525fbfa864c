package dev.forebay.ops;

import dev.forebay.ops.config.Environment;
import dev.forebay.ops.progress.ProgressBar;
import dev.forebay.ops.start.ResyncDesk;
import dev.forebay.ops.start.ResyncDesk.Progress;
import java.io.PrintWriter;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

@Command(
    name = "resync",
    description = {
      "Have documents looked at again: built from PostgreSQL, and written where they differ.",
      "",
      "A running worker begins within seconds, else the next one; forebay status shows how far it"
          + " is. What is the same costs no write. What was changed in KV by other hands is not"
          + " seen: the worker compares with what it remembers."
    },
    mixinStandardHelpOptions = true,
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {
      "0:requested; with --wait: settled",
      "2:the command line or the set-up is wrong; nothing was done"
    },
    footerHeading = "%nEnvironment:%n",
    footer =
        "FOREBAY_DATABASE_URL, _USER, _PASSWORD, FOREBAY_INSTANCE, FOREBAY_MODELS: see"
            + " ops/README.md.")
final class ResyncCommand implements Callable<Integer> {

  private static final long LOOK_MILLIS = 500;

  @Parameters(paramLabel = "MODEL", description = "Of forebay.yaml.")
  private String model = "";

  @Option(
      names = "--key",
      paramLabel = "KEY",
      description = "This document only, as KV names it without the instance: article:hello.")
  private List<String> keys = List.of();

  @Option(
      names = "--where",
      paramLabel = "SQL",
      description = "Those only whose root row this condition holds for.")
  private @Nullable String where;

  @Option(
      names = "--rate",
      paramLabel = "N",
      description =
          "Look at N documents a second at most, until this resync is over; models pace changes it"
              + " meanwhile.")
  private @Nullable Integer rate;

  @Option(
      names = "--wait",
      description = "Show how far it is, and end when every document is settled.")
  private boolean wait;

  @Spec private CommandSpec spec = CommandSpec.create();

  @Override
  public Integer call() throws Exception {
    if (!keys.isEmpty() && where != null) {
      throw new ParameterException(spec.commandLine(), "resync: give --key or --where, not both.");
    }
    if ((rate != null || wait) && (!keys.isEmpty() || where != null)) {
      throw new ParameterException(
          spec.commandLine(), "resync: --rate and --wait are for all documents of a model.");
    }
    if (rate != null && rate < 1) {
      throw new ParameterException(spec.commandLine(), "resync: --rate is at least 1.");
    }
    try (ResyncDesk desk = new ResyncDesk(new Environment(System.getenv()).models())) {
      PrintWriter out = spec.commandLine().getOut();
      if (!keys.isEmpty()) {
        out.println("forebay: documents requested: " + desk.keys(model, keys));
      } else if (where != null) {
        out.println("forebay: documents requested: " + desk.where(model, where));
      } else {
        desk.all(model, rate);
        out.println("forebay: all documents of " + model + " are requested");
        out.flush();
        if (wait) {
          await(desk);
          long held = desk.held(model);
          out.println(
              held == 0
                  ? "forebay: all documents of " + model + " are settled"
                  : "forebay: "
                      + held
                      + " documents of "
                      + model
                      + " wait for the day's writes, the others are settled");
        }
      }
      out.flush();
    }
    return ExitCode.OK;
  }

  private void await(ResyncDesk desk) throws InterruptedException {
    boolean terminal = System.getenv("FOREBAY_TERMINAL") != null;
    ProgressBar bar = new ProgressBar(spec.commandLine().getErr(), terminal, System::nanoTime);
    bar.model(model);
    long total = 0;
    long settled = 0;
    for (Optional<Progress> far = desk.progress(model);
        far.isPresent();
        far = desk.progress(model)) {
      bar.expect(far.get().total() - total);
      bar.advance(far.get().settled() - settled);
      total = far.get().total();
      settled = far.get().settled();
      TimeUnit.MILLISECONDS.sleep(LOOK_MILLIS);
    }
    bar.end();
  }
}
