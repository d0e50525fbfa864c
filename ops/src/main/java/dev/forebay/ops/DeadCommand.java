package dev.forebay.ops;

import dev.forebay.ledger.DeadLetter;
import dev.forebay.ops.admin.DeadLetterReport;
import dev.forebay.ops.config.Environment;
import dev.forebay.ops.start.LedgerDesk;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

@Command(
    name = "dead",
    description = "Show dead letters, the documents that cannot be published; retry or drop them.",
    synopsisSubcommandLabel = "VERB",
    commandListHeading = "%nVerbs:%n",
    mixinStandardHelpOptions = true,
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {
      "0:done",
      "1:a KEY is no dead letter; the others are done",
      "2:the command line or the set-up is wrong; nothing was done"
    },
    footerHeading = "%nEnvironment:%n",
    footer = "FOREBAY_DATABASE_URL, _USER, _PASSWORD, FOREBAY_INSTANCE: see ops/README.md.")
final class DeadCommand {

  @Spec private CommandSpec spec = CommandSpec.create();

  @Command(
      description = "List them: key, attempts, first and last time, reason.",
      mixinStandardHelpOptions = true)
  int list(
      @Option(names = "--model", paramLabel = "MODEL", description = "Of this model only.")
          @Nullable String model,
      @Option(names = "--json", description = "An array of objects, for scripts.") boolean json)
      throws Exception {
    try (LedgerDesk desk = open()) {
      List<DeadLetter> letters = desk.ask(ledger -> ledger.deadLetters().list(model));
      if (json) {
        say(DeadLetterReport.json(letters));
      } else {
        say(
            letters.isEmpty()
                ? "forebay: no dead letters" + System.lineSeparator()
                : DeadLetterReport.table(letters));
      }
    }
    return ExitCode.OK;
  }

  @Command(
      description = {
        "Have documents tried again.",
        "",
        "A running worker does it within seconds, else the next one when it starts. A newer change"
            + " of a document tries it again by itself."
      },
      mixinStandardHelpOptions = true)
  int retry(
      @Parameters(arity = "0..*", paramLabel = "KEY", description = "As dead list shows it.")
          @Nullable List<String> keys,
      @Option(names = "--model", paramLabel = "MODEL", description = "All of this model.")
          @Nullable String model,
      @Option(names = "--all", description = "All there are.") boolean all)
      throws Exception {
    List<String> named = keys == null ? List.of() : keys;
    if ((named.isEmpty() ? 0 : 1) + (model == null ? 0 : 1) + (all ? 1 : 0) != 1) {
      throw new ParameterException(
          spec.commandLine(), "dead retry: give either KEYs, --model or --all.");
    }
    try (LedgerDesk desk = open()) {
      List<String> wanted =
          named.isEmpty()
              ? desk.ask(ledger -> ledger.deadLetters().list(model)).stream()
                  .map(letter -> letter.key().kvKey())
                  .toList()
              : named;
      List<String> asked = desk.ask(ledger -> ledger.deadLetters().requestRetry(wanted));
      say("forebay: retries requested: " + asked.size() + System.lineSeparator());
      return named.isEmpty() ? ExitCode.OK : complain(named, asked);
    }
  }

  @Command(
      description = {
        "Forget them.",
        "",
        "KV keeps what it holds. The next change of such a document tries it again."
      },
      mixinStandardHelpOptions = true)
  int drop(
      @Parameters(arity = "1..*", paramLabel = "KEY", description = "As dead list shows it.")
          List<String> keys)
      throws Exception {
    try (LedgerDesk desk = open()) {
      List<String> dropped = desk.ask(ledger -> ledger.deadLetters().drop(keys));
      say("forebay: dropped: " + dropped.size() + System.lineSeparator());
      return complain(keys, dropped);
    }
  }

  private static LedgerDesk open() throws Exception {
    return new LedgerDesk(new Environment(System.getenv()).key());
  }

  private void say(String text) {
    PrintWriter out = spec.commandLine().getOut();
    out.print(text);
    out.flush();
  }

  /** Names the keys that are no dead letters. */
  private int complain(List<String> keys, List<String> known) {
    List<String> unknown = new ArrayList<>(keys);
    unknown.removeAll(known);
    PrintWriter err = spec.commandLine().getErr();
    for (String key : unknown) {
      err.println("forebay: " + key + " is no dead letter; forebay dead list shows them");
    }
    err.flush();
    return unknown.isEmpty() ? ExitCode.OK : ExitCode.FAILED;
  }
}
