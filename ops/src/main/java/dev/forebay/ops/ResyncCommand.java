package dev.forebay.ops;

import dev.forebay.ops.config.Environment;
import dev.forebay.ops.start.ResyncDesk;
import java.io.PrintWriter;
import java.util.List;
import java.util.concurrent.Callable;
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
    exitCodeList = {"0:requested", "2:the command line or the set-up is wrong; nothing was done"},
    footerHeading = "%nEnvironment:%n",
    footer =
        "FOREBAY_DATABASE_URL, _USER, _PASSWORD, FOREBAY_INSTANCE, FOREBAY_MODELS: see"
            + " ops/README.md.")
final class ResyncCommand implements Callable<Integer> {

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

  @Spec private CommandSpec spec = CommandSpec.create();

  @Override
  public Integer call() throws Exception {
    if (!keys.isEmpty() && where != null) {
      throw new ParameterException(spec.commandLine(), "resync: give --key or --where, not both.");
    }
    try (ResyncDesk desk = new ResyncDesk(new Environment(System.getenv()).models())) {
      PrintWriter out = spec.commandLine().getOut();
      if (!keys.isEmpty()) {
        out.println("forebay: documents requested: " + desk.keys(model, keys));
      } else if (where != null) {
        out.println("forebay: documents requested: " + desk.where(model, where));
      } else {
        desk.all(model);
        out.println("forebay: all documents of " + model + " are requested");
      }
      out.flush();
    }
    return ExitCode.OK;
  }
}
