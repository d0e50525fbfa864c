package dev.forebay.ops;

import dev.forebay.model.Problem;
import dev.forebay.model.ReadModels;
import dev.forebay.ops.config.Environment;
import dev.forebay.ops.config.ModelsSettings;
import dev.forebay.ops.mend.Application;
import dev.forebay.ops.mend.Fix;
import dev.forebay.ops.mend.FixScript;
import dev.forebay.ops.mend.Mender;
import dev.forebay.ops.start.Database;
import dev.forebay.ops.start.SetupCheck;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

@Command(
    name = "check",
    description = "Say what is wrong with forebay.yaml and the database; change nothing.",
    mixinStandardHelpOptions = true,
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {
      "0:the worker can start; there may be warnings",
      "2:it cannot; with --apply: what was applied is not enough"
    },
    footerHeading = "%nEnvironment:%n",
    footer =
        "FOREBAY_DATABASE_URL, _USER, _PASSWORD, FOREBAY_INSTANCE, FOREBAY_MODELS: see"
            + " ops/README.md.")
final class CheckCommand implements Callable<Integer> {

  @Option(names = "--models", paramLabel = "FILE", description = "Instead of FOREBAY_MODELS.")
  private @Nullable Path models;

  @Option(
      names = "--paths",
      description = "List how many documents a changed row touches, for each path.")
  private boolean paths;

  @ArgGroup private Mending mending = new Mending();

  /** What to do besides saying it. */
  static final class Mending {
    @Option(
        names = "--fix",
        description = {
          "Print the SQL that mends it, proven harmless to your own writes, and nothing else",
          "(errors and warnings go to standard error)."
        })
    private boolean fix;

    @Option(
        names = "--apply",
        description = "Run that SQL, except what an administrator must, and check again.")
    private boolean apply;
  }

  @Spec private CommandSpec spec = CommandSpec.create();

  @Override
  public Integer call() throws Exception {
    ModelsSettings found = new Environment(System.getenv()).models();
    ModelsSettings settings = models == null ? found : found.with(models);
    SetupCheck check = SetupCheck.of(settings);
    PrintWriter out = spec.commandLine().getOut();
    if (mending.fix) {
      print(check, spec.commandLine().getErr());
      out.print(script(settings, check));
    } else if (mending.apply) {
      check = apply(settings, check, out);
      print(check, out);
    } else {
      print(check, out);
    }
    out.flush();
    return check.errors().isEmpty() ? ExitCode.OK : ExitCode.INVALID;
  }

  private void print(SetupCheck check, PrintWriter to) {
    check.errors().forEach(error -> to.println("error: " + error));
    check.warnings().forEach(warning -> to.println("warning: " + warning));
    if (paths) {
      check.paths().forEach(path -> to.println(path.where() + ": " + path.words()));
    }
    ReadModels found = check.models();
    if (check.errors().isEmpty() && found != null) {
      to.printf(
          "forebay: %d models over %d tables; sync can start%n",
          found.models().size(), found.tables().size());
    }
    to.flush();
  }

  private static List<Problem> problems(SetupCheck check) {
    List<Problem> problems = new ArrayList<>(check.errors());
    problems.addAll(check.warnings());
    return problems;
  }

  private static String script(ModelsSettings settings, SetupCheck check) throws SQLException {
    try (Connection connection = new Database(settings.database()).connect()) {
      return FixScript.of(new Mender(connection, settings.instance()).fixes(problems(check)));
    }
  }

  private static SetupCheck apply(ModelsSettings settings, SetupCheck check, PrintWriter out)
      throws SQLException {
    try (Connection connection = new Database(settings.database()).connect()) {
      List<Fix> fixes = new Mender(connection, settings.instance()).fixes(problems(check));
      new Application(connection, out::println).apply(fixes);
    }
    return SetupCheck.of(settings);
  }
}
