package dev.forebay.ops;

import dev.forebay.ops.config.Environment;
import dev.forebay.ops.config.KeySettings;
import dev.forebay.ops.start.LedgerDesk;
import dev.forebay.ops.trace.Trace;
import dev.forebay.ops.trace.TraceDesk;
import dev.forebay.ops.trace.TraceReport;
import java.io.PrintWriter;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

@Command(
    name = "trace",
    description = {
      "Say what a request to the API did, and whether KV has it.",
      "",
      "Shows who it was, when, the operations, the transaction, the trace, and for each document"
          + " that it touched whether the one in KV was built after it. Changes nothing."
    },
    mixinStandardHelpOptions = true,
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {
      "0:it is known",
      "1:nothing is known of it: it changed nothing, or was more than 90 days ago",
      "2:the set-up is wrong"
    },
    footerHeading = "%nEnvironment:%n",
    footer = "FOREBAY_DATABASE_URL, _USER, _PASSWORD, FOREBAY_INSTANCE: see ops/README.md.")
final class TraceCommand implements Callable<Integer> {

  @Parameters(paramLabel = "REQUEST_ID", description = "As X-Request-Id in the answer, or the log.")
  private String requestId = "";

  @Option(names = "--json", description = "An array of objects, for scripts.")
  private boolean json;

  @Spec private CommandSpec spec = CommandSpec.create();

  @Override
  public Integer call() throws Exception {
    KeySettings settings = new Environment(System.getenv()).key();
    try (LedgerDesk desk = new LedgerDesk(settings)) {
      List<Trace> traces =
          desk.ask(ledger -> new TraceDesk(ledger, settings.instance()).find(requestId));
      if (traces.isEmpty()) {
        PrintWriter err = spec.commandLine().getErr();
        err.println("forebay: no request " + requestId + " has changed anything in 90 days.");
        err.flush();
        return ExitCode.FAILED;
      }
      PrintWriter out = spec.commandLine().getOut();
      out.print(
          json
              ? TraceReport.json(traces)
              : TraceReport.table(traces, desk.ask(ledger -> ledger.lease().settledThrough())));
      out.flush();
      return ExitCode.OK;
    }
  }
}
