package dev.forebay.ops.house;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What a person reads in the log at night stands in the runbook. */
class RunbookTest {

  private static final List<String> MODULES =
      List.of(
          "kv-client",
          "cache-sync/read-model",
          "cache-sync/ledger",
          "cache-sync/worker",
          "api",
          "ops");

  /** A statement that logs at WARN or ERROR, or at a level that it chooses. */
  private static final Pattern STATEMENT =
      Pattern.compile(
          "\\b(?:LOG|log|logger)\\s*\\.(atWarn|atError|atLevel|warn|error)\\((?:[^;\"]|\"(?:[^\"\\\\]|\\\\.)*\")*;");

  private static final Pattern JOINED = Pattern.compile("\"\\s*\\+\\s*\"");
  private static final Pattern TEXT = Pattern.compile("\"((?:[^\"\\\\]|\\\\.)*)\"");
  private static final Pattern ROW = Pattern.compile("(?m)^\\| \"([^\"]+)\"");

  /** What a statement says: its constant, or each of those it chooses from. */
  private static Set<String> phrases(String source) {
    Set<String> phrases = new TreeSet<>();
    Matcher statements = STATEMENT.matcher(source);
    while (statements.find()) {
      String statement = JOINED.matcher(statements.group()).replaceAll("");
      boolean alarms = !statements.group(1).equals("atLevel") || statement.contains("Level.WARN");
      if (alarms) {
        String said = statement.substring(Math.max(0, statement.lastIndexOf(".log(")));
        List<String> texts = TEXT.matcher(said).results().map(text -> text.group(1)).toList();
        assertThat(texts).as("a constant phrase in: %s", statement).isNotEmpty();
        phrases.addAll(texts);
      }
    }
    return phrases;
  }

  private static Set<String> logged() throws IOException {
    Set<String> phrases = new TreeSet<>();
    for (String module : MODULES) {
      try (Stream<Path> files = Files.walk(Path.of("..", module, "src/main/java"))) {
        for (Path file : files.filter(path -> path.toString().endsWith(".java")).toList()) {
          phrases.addAll(phrases(Files.readString(file)));
        }
      }
    }
    return phrases;
  }

  private static Set<String> explained() throws IOException {
    return ROW.matcher(Files.readString(Path.of("RUNBOOK.md")))
        .results()
        .map((MatchResult row) -> row.group(1))
        .collect(Collectors.toCollection(TreeSet::new));
  }

  @Test
  void runbook_explainsEveryWarningAndError_andNoOther() throws IOException {
    Set<String> logged = logged();
    // The one statement that chooses its level says this where all is well.
    logged.remove("Everything that was read is acknowledged");

    assertThat(logged).as("found in the sources").hasSizeGreaterThan(30);
    assertThat(explained())
        .as("rows of RUNBOOK.md, \"What the log says\"")
        .containsExactlyInAnyOrderElementsOf(logged);
  }

  @Test
  void runbook_sectionsThatRowsName_exist() throws IOException {
    String runbook = Files.readString(Path.of("RUNBOOK.md"));
    List<String> named =
        Pattern.compile("\\| see \"([^\"]+)\"")
            .matcher(runbook)
            .results()
            .map(match -> match.group(1))
            .toList();

    assertThat(named).isNotEmpty();
    assertThat(runbook.lines()).containsAll(named.stream().map(name -> "## " + name).toList());
  }

  @Test
  void phrases_ofStatements() {
    assertThat(
            phrases(
                """
                LOG.atWarn().setCause(e).addKeyValue("a", b ? "x" : "y").log("One; and" + " two");
                log.atError()
                    .log("Three");
                LOG.atLevel(bad ? Level.WARN : Level.INFO).log(bad ? "Four" : "Five");
                LOG.atLevel(bad ? Level.INFO : Level.DEBUG).log("not this");
                LOG.atInfo().log("nor this");
                logger.warn("Six {}", thing);
                """))
        .containsExactly("Five", "Four", "One; and two", "Six {}", "Three");
  }
}
