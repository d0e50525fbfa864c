package dev.forebay.model.file;

import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Compose;
import org.snakeyaml.engine.v2.api.lowlevel.Parse;
import org.snakeyaml.engine.v2.events.AliasEvent;
import org.snakeyaml.engine.v2.events.Event;
import org.snakeyaml.engine.v2.events.ScalarEvent;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.nodes.Node;

/** Reads YAML as a tree of nodes with lines; never makes objects of the file's choosing. */
final class YamlText {

  private static final int MAX_BYTES = 1 << 20;
  private static final int MAX_DEPTH = 40;

  private YamlText() {}

  /** Returns what a file says, or null with a problem. */
  static @Nullable String read(Path file, Problems problems) {
    try {
      if (Files.size(file) > MAX_BYTES) {
        problems.add("forebay.yaml", file + " is larger than 1 MiB.", null);
        return null;
      }
      return Files.readString(file, StandardCharsets.UTF_8);
    } catch (CharacterCodingException e) {
      problems.add("forebay.yaml", file + " is not UTF-8.", "Save it as UTF-8.");
    } catch (IOException e) {
      problems.add("forebay.yaml", file + " cannot be read: " + e + ".", "Check the path.");
    }
    return null;
  }

  /** Returns the root node, or null with a problem. */
  static @Nullable Node parse(String text, Problems problems) {
    LoadSettings settings =
        LoadSettings.builder().setLabel("forebay.yaml").setCodePointLimit(MAX_BYTES).build();
    try {
      if (!isBounded(settings, text, problems)) {
        return null;
      }
      Optional<Node> node = new Compose(settings).composeString(text);
      if (node.isEmpty()) {
        problems.add(
            Location.TOP, "The file is empty.", "Declare at least one model under 'models'.");
      }
      return node.orElse(null);
    } catch (MarkedYamlEngineException e) {
      int line = e.getProblemMark().map(mark -> mark.getLine() + 1).orElse(1);
      problems.add(Location.TOP.at(line), "This is not YAML: " + e.getProblem() + ".", null);
    } catch (YamlEngineException e) {
      problems.add(Location.TOP, "This is not YAML: " + e.getMessage(), null);
    }
    return null;
  }

  /** What PostgreSQL or UTF-8 cannot hold, and what would play with a terminal. */
  private static boolean isOdd(int codePoint) {
    return (Character.isISOControl(codePoint) && "\t\n\r".indexOf(codePoint) < 0)
        || Character.getType(codePoint) == Character.SURROGATE;
  }

  /** Depth is checked on the flat stream of events, because the tree is made by recursion. */
  private static boolean isBounded(LoadSettings settings, String text, Problems problems) {
    EventPath path = new EventPath();
    for (Event event : new Parse(settings).parseString(text)) {
      Location at = path.next(event);
      if (event instanceof AliasEvent alias) {
        problems.add(
            at, "The alias *" + alias.getAlias() + " is not allowed.", "Write the value out.");
        return false;
      }
      if (event instanceof ScalarEvent scalar
          && scalar.getValue().codePoints().anyMatch(YamlText::isOdd)) {
        problems.add(
            at,
            "This text holds a control character or half of a surrogate pair.",
            "Write it without \\0, \\x or \\u escapes.");
        return false;
      }
      if (path.depth() > MAX_DEPTH) {
        problems.add(
            Location.TOP.at(at.line()),
            "The file is nested deeper than " + MAX_DEPTH + " levels.",
            null);
        return false;
      }
    }
    return true;
  }
}
