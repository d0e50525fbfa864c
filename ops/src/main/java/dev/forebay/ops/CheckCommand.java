package dev.forebay.ops;

import dev.forebay.model.Problem;
import dev.forebay.model.ReadModels;
import dev.forebay.ops.config.Environment;
import dev.forebay.ops.config.ModelsSettings;
import dev.forebay.ops.start.SetupCheck;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

@Command(
    name = "check",
    description = "Say what is wrong with forebay.yaml and the database; change nothing.",
    mixinStandardHelpOptions = true,
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {"0:the worker can start; there may be warnings", "2:it cannot"},
    footerHeading = "%nEnvironment:%n",
    footer =
        "FOREBAY_DATABASE_URL, _USER, _PASSWORD, FOREBAY_INSTANCE, FOREBAY_MODELS: see"
            + " ops/README.md.")
final class CheckCommand implements Callable<Integer> {

  @Option(names = "--models", paramLabel = "FILE", description = "Instead of FOREBAY_MODELS.")
  private @Nullable Path models;

  @Spec private CommandSpec spec = CommandSpec.create();

  @Override
  public Integer call() throws Exception {
    ModelsSettings settings = new Environment(System.getenv()).models();
    SetupCheck check = SetupCheck.of(models == null ? settings : settings.with(models));
    PrintWriter out = spec.commandLine().getOut();
    for (Problem error : check.errors()) {
      out.println("error: " + error);
    }
    for (Problem warning : check.warnings()) {
      out.println("warning: " + warning);
    }
    ReadModels found = check.models();
    if (check.errors().isEmpty() && found != null) {
      out.printf(
          "forebay: %d models over %d tables; sync can start%n",
          found.models().size(), found.tables().size());
    }
    out.flush();
    return check.errors().isEmpty() ? ExitCode.OK : ExitCode.INVALID;
  }
}
