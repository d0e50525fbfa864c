package dev.forebay.ops;

import dev.forebay.ops.admin.AdminClient;
import dev.forebay.ops.admin.StatusReport;
import dev.forebay.ops.admin.StatusTable;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.URI;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

@Command(
    name = "status",
    description = "Show how a running process is: lag, slot, dirty documents, dead letters, KV.",
    mixinStandardHelpOptions = true,
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {"0:ready", "2:wrong command line", "3:no answer, or not ready"})
final class StatusCommand implements Callable<Integer> {

  @Option(
      names = "--admin",
      paramLabel = "URL",
      description = "Admin port of the process (default: ${DEFAULT-VALUE}).",
      defaultValue = "http://127.0.0.1:8081")
  private URI admin = URI.create("");

  @Option(names = "--json", description = "Print what the process answers, for scripts.")
  private boolean json;

  @Spec private CommandSpec spec = CommandSpec.create();

  @Override
  public Integer call() throws InterruptedException {
    if (!"http".equals(admin.getScheme()) && !"https".equals(admin.getScheme())) {
      throw new ParameterException(spec.commandLine(), "--admin: " + admin + " is no http URL");
    }
    PrintWriter out = spec.commandLine().getOut();
    try (AdminClient client = new AdminClient(admin)) {
      String body = client.statusJson();
      StatusReport report = AdminClient.parse(body);
      out.print(json ? body : StatusTable.render(report));
      out.flush();
      return report.ready() ? ExitCode.OK : ExitCode.NOT_READY;
    } catch (IOException e) {
      PrintWriter err = spec.commandLine().getErr();
      err.println("forebay: " + e.getMessage() + ". Is it running, and is --admin right?");
      err.flush();
      return ExitCode.NOT_READY;
    }
  }
}
