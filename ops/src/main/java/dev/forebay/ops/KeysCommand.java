package dev.forebay.ops;

import dev.forebay.api.auth.KeyEntry;
import dev.forebay.api.auth.KeyEntry.State;
import dev.forebay.api.auth.KeyGrant;
import dev.forebay.ops.admin.ApiKeyReport;
import dev.forebay.ops.config.Environment;
import dev.forebay.ops.start.ApiKeyDesk;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

@Command(
    name = "keys",
    description = "Make, show and revoke the keys that clients of the API use.",
    synopsisSubcommandLabel = "VERB",
    commandListHeading = "%nVerbs:%n",
    mixinStandardHelpOptions = true,
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {
      "0:done",
      "1:revoke: an ID or NAME has no key that is not revoked; the others are done",
      "2:the command line or the set-up is wrong; nothing was done"
    },
    footerHeading = "%nEnvironment:%n",
    footer = "FOREBAY_DATABASE_URL, _USER, _PASSWORD, FOREBAY_INSTANCE: see ops/README.md.")
final class KeysCommand {

  private static final Pattern LIFETIME = Pattern.compile("([1-9]\\d{0,4})([dh])");

  @Spec private CommandSpec spec = CommandSpec.create();

  @Command(
      description = {
        "Make a key and print it; it cannot be shown again.",
        "",
        "To change a key without a gap: --rotate, give the new key to the clients, and the old one is"
            + " revoked by the next --rotate or by keys revoke."
      },
      mixinStandardHelpOptions = true)
  int create(
      @Parameters(
              paramLabel = "NAME",
              description = "Whose key it is; several keys may share a name.")
          String name,
      @Option(
              names = "--role",
              paramLabel = "ROLE",
              description = "A role of forebay.yaml; may be repeated.",
              required = true)
          Set<String> roles,
      @Option(
              names = "--expires",
              paramLabel = "TIME",
              description = "After which it is refused: 90d, 12h. Without it: never.")
          @Nullable String expires,
      @Option(
              names = "--rotate",
              description =
                  "Let the newest key of that name live beside this one, and revoke older ones.")
          boolean rotate,
      @Option(names = "--replace", description = "Revoke every other key of that name.")
          boolean replace)
      throws Exception {
    if (rotate && replace) {
      throw wrong("give either --rotate or --replace.");
    }
    KeyGrant grant = grant(name, roles, expires);
    try (ApiKeyDesk desk = open()) {
      String key =
          rotate
              ? desk.keys().rotate(grant)
              : replace ? desk.keys().replace(grant) : desk.keys().create(grant);
      say(key + System.lineSeparator());
    }
    return ExitCode.OK;
  }

  @Command(
      description =
          "List them: id, name, roles, and when made, expiring and last used. No secrets.",
      mixinStandardHelpOptions = true)
  int list(
      @Option(names = "--name", paramLabel = "NAME", description = "Of this name only.")
          @Nullable String name,
      @Option(names = "--all", description = "Those that are revoked, too.") boolean all,
      @Option(names = "--json", description = "An array of objects, for scripts.") boolean json)
      throws Exception {
    try (ApiKeyDesk desk = open()) {
      List<KeyEntry> keys =
          desk.keys().list().stream()
              .filter(key -> all || key.state() != State.REVOKED)
              .filter(key -> name == null || key.name().equals(name))
              .toList();
      if (json) {
        say(ApiKeyReport.json(keys));
      } else {
        say(
            keys.isEmpty()
                ? "forebay: no API keys" + System.lineSeparator()
                : ApiKeyReport.table(keys));
      }
    }
    return ExitCode.OK;
  }

  @Command(
      description = "Revoke keys. A running API refuses them within 5 s.",
      mixinStandardHelpOptions = true)
  int revoke(
      @Parameters(arity = "0..*", paramLabel = "ID", description = "As keys list shows it.")
          @Nullable List<String> ids,
      @Option(names = "--name", paramLabel = "NAME", description = "All of this name.")
          @Nullable String name)
      throws Exception {
    List<String> named = ids == null ? List.of() : ids;
    if (named.isEmpty() == (name == null)) {
      throw wrong("give either IDs or --name.");
    }
    try (ApiKeyDesk desk = open()) {
      List<String> revoked =
          name == null ? desk.keys().revoke(named) : desk.keys().revokeByName(name);
      say("forebay: revoked: " + revoked.size() + System.lineSeparator());
      List<String> missed = new ArrayList<>(named);
      missed.removeAll(revoked);
      if (name != null && revoked.isEmpty()) {
        missed.add(name);
      }
      return complain(missed);
    }
  }

  private KeyGrant grant(String name, Set<String> roles, @Nullable String expires) {
    Duration lifetime = expires == null ? null : lifetime(expires);
    try {
      return new KeyGrant(name, roles, lifetime);
    } catch (IllegalArgumentException e) {
      throw wrong(e.getMessage() + ".");
    }
  }

  private Duration lifetime(String text) {
    Matcher parts = LIFETIME.matcher(text);
    if (!parts.matches()) {
      throw wrong("--expires '" + text + "' is not days or hours such as 90d or 12h.");
    }
    long number = Long.parseLong(parts.group(1));
    return parts.group(2).equals("d") ? Duration.ofDays(number) : Duration.ofHours(number);
  }

  private ParameterException wrong(String what) {
    return new ParameterException(spec.commandLine(), "keys: " + what);
  }

  private static ApiKeyDesk open() throws Exception {
    return new ApiKeyDesk(new Environment(System.getenv()).key());
  }

  private void say(String text) {
    PrintWriter out = spec.commandLine().getOut();
    out.print(text);
    out.flush();
  }

  private int complain(List<String> missed) {
    PrintWriter err = spec.commandLine().getErr();
    for (String one : missed) {
      err.println("forebay: no key to revoke for " + one + "; forebay keys list --all shows them");
    }
    err.flush();
    return missed.isEmpty() ? ExitCode.OK : ExitCode.FAILED;
  }
}
