package dev.forebay.ops;

import dev.forebay.ops.config.Environment;
import dev.forebay.ops.start.KeyMaker;
import java.io.PrintWriter;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

@Command(
    name = "key",
    description = "Make an API key and print it; it cannot be shown again.",
    mixinStandardHelpOptions = true,
    footerHeading = "%nEnvironment:%n",
    footer = "FOREBAY_DATABASE_URL, _USER, _PASSWORD, FOREBAY_INSTANCE: see ops/README.md.")
final class KeyCommand implements Callable<Integer> {

  @Parameters(paramLabel = "NAME", description = "Whose key it is; several keys may share a name.")
  private String name = "";

  @Option(
      names = "--role",
      paramLabel = "ROLE",
      description = "A role of forebay.yaml; may be repeated.",
      required = true)
  private Set<String> roles = new TreeSet<>();

  @Option(names = "--replace", description = "Revoke every other key of that name.")
  private boolean replace;

  @Spec private CommandSpec spec = CommandSpec.create();

  @Override
  public Integer call() throws Exception {
    KeyMaker maker = new KeyMaker(new Environment(System.getenv()).key());
    PrintWriter out = spec.commandLine().getOut();
    out.println(maker.make(name, roles, replace));
    out.flush();
    return ExitCode.OK;
  }
}
