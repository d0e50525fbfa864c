package dev.forebay.ops;

import dev.forebay.ops.adopt.AdoptDesk;
import dev.forebay.ops.adopt.AdoptReport;
import dev.forebay.ops.config.Environment;
import dev.forebay.worker.history.Proposal;
import java.io.PrintWriter;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

@Command(
    name = "adopt",
    description = {
      "Say whether KV belongs to the database; where not, make it so.",
      "",
      "For a sync worker that has halted: the namespace was wiped or changed, the database was"
          + " restored, cloned or failed over. The worker does it, within seconds, or the next one"
          + " at its start. Changes nothing without --yes, nor where nothing is wrong."
    },
    mixinStandardHelpOptions = true,
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {
      "0:nothing is wrong; with --yes: it will be adopted",
      "1:it could not be found out",
      "2:the command line or the set-up is wrong; nothing was done",
      "5:KV does not belong to the database; nothing was done"
    },
    footerHeading = "%nEnvironment:%n",
    footer = "That of forebay sync: see ops/README.md.")
final class AdoptCommand implements Callable<Integer> {

  @Option(
      names = "--yes",
      description = "Adopt what is found now; void if it is another by the time.")
  private boolean yes;

  @Spec private CommandSpec spec = CommandSpec.create();

  @Override
  public Integer call() throws Exception {
    PrintWriter out = spec.commandLine().getOut();
    try (AdoptDesk desk = new AdoptDesk(new Environment(System.getenv()).sync())) {
      Proposal proposal = desk.look();
      out.print(AdoptReport.found(proposal));
      if (proposal.isAgreed()) {
        out.println("It was agreed to: the leader adopts it, or the next one at its start.");
      } else if (proposal.isNeeded() && yes) {
        desk.agree(proposal);
        out.println("Agreed: the leader adopts it within seconds, or the next one at its start.");
      } else if (proposal.isNeeded()) {
        out.print(AdoptReport.plan(desk.cost()));
      }
      out.flush();
      boolean left = proposal.isNeeded() && !yes;
      return left ? ExitCode.HALTED : ExitCode.OK;
    }
  }
}
