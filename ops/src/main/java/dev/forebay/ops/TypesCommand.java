package dev.forebay.ops;

import dev.forebay.model.types.TypeScriptTypes;
import dev.forebay.ops.config.Environment;
import dev.forebay.ops.config.ModelsSettings;
import dev.forebay.ops.start.CompiledModels;
import java.io.IOException;
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
    name = "types",
    description = "Write the TypeScript types of all documents.",
    mixinStandardHelpOptions = true,
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {"1:--check: the file differs", "2:the set-up is wrong; nothing was written"},
    footerHeading = "%nEnvironment:%n",
    footer = "FOREBAY_DATABASE_URL, _USER, _PASSWORD, FOREBAY_MODELS: see ops/README.md.")
final class TypesCommand implements Callable<Integer> {

  @Option(names = "--models", paramLabel = "FILE", description = "Instead of FOREBAY_MODELS.")
  private @Nullable Path models;

  @Option(names = "--out", paramLabel = "FILE", description = "Instead of standard output.")
  private @Nullable Path out;

  @Option(names = "--check", description = "Write nothing; fail if --out would change.")
  private boolean check;

  @Spec private CommandSpec spec = CommandSpec.create();

  @Override
  public Integer call() throws Exception {
    if (check && out == null) {
      throw new ParameterException(spec.commandLine(), "--check needs --out.");
    }
    ModelsSettings settings = new Environment(System.getenv()).models();
    String types =
        TypeScriptTypes.of(CompiledModels.of(models == null ? settings : settings.with(models)));
    PrintWriter terminal = spec.commandLine().getOut();
    if (out == null) {
      terminal.print(types);
      terminal.flush();
      return ExitCode.OK;
    }
    if (check) {
      return ExitCode.of(differs(out, types), spec);
    }
    Files.writeString(out, types);
    terminal.println("forebay: wrote " + out);
    terminal.flush();
    return ExitCode.OK;
  }

  private static @Nullable String differs(Path file, String types) throws IOException {
    return Files.exists(file) && Files.readString(file).equals(types)
        ? null
        : file + " is not what forebay.yaml and the database say; run forebay types --out " + file;
  }
}
