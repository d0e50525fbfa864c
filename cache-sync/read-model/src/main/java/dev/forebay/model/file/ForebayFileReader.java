package dev.forebay.model.file;

import dev.forebay.model.KeyTemplate;
import dev.forebay.model.file.ForebayFile.Body;
import dev.forebay.model.file.ForebayFile.Dependency;
import dev.forebay.model.file.ForebayFile.ModelEntry;
import dev.forebay.model.file.ForebayFile.Query;
import dev.forebay.model.file.ForebayFile.ResourceEntry;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;

/** Reads forebay.yaml. Confined to one thread. */
public final class ForebayFileReader {

  private static final Pattern NAME = Pattern.compile("[a-z][a-z0-9_]{0,39}");
  private static final Pattern DURATION = Pattern.compile("([0-9]{1,6})(ms|s|m|h)");
  private static final Duration LEAST_REFRESH = Duration.ofSeconds(1);
  // forebay.schema.json says the same to editors; a test compares.
  static final List<String> TOP_WORDS = List.of("models", "resources");
  static final List<String> MODEL_WORDS =
      List.of(
          "from",
          "key",
          "where",
          "fields",
          "include",
          "singleton",
          "min_interval",
          "refresh",
          "sql",
          "depends_on");
  static final List<String> DEPENDENCY_WORDS = List.of("keys");
  static final List<String> RESOURCE_WORDS = List.of("table", "key", "write", "roles");

  private final Problems problems;
  private final BodyReader bodies;

  /**
   * @param problems takes everything that is wrong with the file
   */
  public ForebayFileReader(Problems problems) {
    this.problems = problems;
    this.bodies = new BodyReader(problems);
  }

  /** Returns the text of a file of at most 1 MiB; null, with a problem, if it cannot be had. */
  public @Nullable String text(Path file) {
    return YamlText.read(file, problems);
  }

  /**
   * Reads a file of at most 1 MiB.
   *
   * @return what could be understood; worth using only if no problem was found
   */
  public ForebayFile read(Path file) {
    String text = text(file);
    return text == null ? new ForebayFile(List.of(), List.of()) : read(text);
  }

  /**
   * Reads the text of a file.
   *
   * @param text at most 1 Mi characters
   * @return what could be understood; worth using only if no problem was found
   */
  public ForebayFile read(String text) {
    Node root = YamlText.parse(text, problems);
    if (root == null) {
      return new ForebayFile(List.of(), List.of());
    }
    YamlMap top = new YamlMap(root, "forebay.yaml", problems);
    top.allow(TOP_WORDS);
    List<ModelEntry> models = new ArrayList<>();
    for (Map.Entry<Text, Node> entry : section(top, "models").entrySet()) {
      ModelEntry model = model(entry.getKey(), entry.getValue());
      if (model != null) {
        models.add(model);
      }
    }
    List<ResourceEntry> resources = new ArrayList<>();
    for (Map.Entry<Text, Node> entry : section(top, "resources").entrySet()) {
      ResourceEntry resource = resource(entry.getKey(), entry.getValue());
      if (resource != null) {
        resources.add(resource);
      }
    }
    return new ForebayFile(models, resources);
  }

  private Map<Text, Node> section(YamlMap top, String word) {
    Node node = top.node(word);
    if (node == null) {
      return Map.of();
    }
    Map<Text, Node> entries = new YamlMap(node, "'" + word + "'", problems).entries();
    entries.keySet().forEach(this::checkName);
    return entries;
  }

  private void checkName(Text name) {
    if (!NAME.matcher(name.value()).matches()) {
      problems.add(
          name.line(),
          "The name '" + name.value() + "' is not allowed.",
          "Use up to 40 lower-case letters, digits and underscores, a letter first.");
    }
  }

  private @Nullable ModelEntry model(Text name, Node node) {
    YamlMap map = new YamlMap(node, "model '" + name.value() + "'", problems);
    map.allow(MODEL_WORDS);
    if (map.has("sql") || map.has("depends_on")) {
      return query(name, map);
    }
    Body body = bodies.body(name.line(), map);
    Duration minInterval = minInterval(map);
    Duration refresh = refresh(map);
    if (isSingleton(map)) {
      for (String word : List.of("from", "key", "where", "fields")) {
        if (map.has(word)) {
          problems.add(map.line(word), "A singleton has no '" + word + "'.", "Use 'include'.");
        }
      }
      return new ModelEntry(
          name, KeyTemplate.SINGLETON, name.line(), null, null, minInterval, refresh, body, null);
    }
    Text from = map.required("from");
    KeyTemplate key = key(map);
    return from == null || key == null
        ? null
        : new ModelEntry(
            name, key, map.line("key"), from, map.text("where"), minInterval, refresh, body, null);
  }

  private @Nullable ModelEntry query(Text name, YamlMap map) {
    for (String word : List.of("from", "where", "fields", "include")) {
      if (map.has(word)) {
        problems.add(map.line(word), "A model with 'sql' has no '" + word + "'.", "Remove one.");
      }
    }
    boolean singleton = isSingleton(map);
    if (singleton && map.has("key")) {
      problems.add(map.line("key"), "A singleton has no 'key'.", "Remove it.");
    }
    KeyTemplate key = singleton ? KeyTemplate.SINGLETON : key(map);
    Text sql = map.required("sql");
    List<Dependency> dependsOn = dependsOn(name, map, singleton);
    Duration minInterval = minInterval(map);
    Duration refresh = refresh(map);
    Body none = new Body(name.line(), List.of(), List.of());
    return key == null || sql == null
        ? null
        : new ModelEntry(
            name,
            key,
            singleton ? name.line() : map.line("key"),
            null,
            null,
            minInterval,
            refresh,
            none,
            new Query(sql, dependsOn));
  }

  private List<Dependency> dependsOn(Text name, YamlMap map, boolean singleton) {
    Node node = map.node("depends_on");
    if (node == null) {
      problems.add(
          map.line(),
          "model '" + name.value() + "' lacks 'depends_on'.",
          "Name the tables that 'sql' reads, each with 'all' or { keys: SELECT … from changed }.");
      return List.of();
    }
    List<Dependency> dependsOn = new ArrayList<>();
    YamlMap tables = new YamlMap(node, "'depends_on'", problems);
    for (Map.Entry<Text, Node> entry : tables.entries().entrySet()) {
      Text table = entry.getKey();
      if (entry.getValue() instanceof MappingNode) {
        YamlMap how = new YamlMap(entry.getValue(), "'" + table.value() + "'", problems);
        how.allow(DEPENDENCY_WORDS);
        Text keys = how.required("keys");
        if (singleton) {
          problems.add(table.line(), "A singleton is one document.", "Say 'all'.");
        } else if (keys != null) {
          dependsOn.add(new Dependency(table, keys));
        }
      } else {
        Text all = tables.text(table.value());
        if (all != null && !all.value().equals("all")) {
          problems.add(
              all.line(),
              "'" + table.value() + "' is '" + all.value() + "'.",
              "Say 'all', or { keys: SELECT … from changed }.");
        }
        dependsOn.add(new Dependency(table, null));
      }
    }
    return dependsOn;
  }

  private @Nullable KeyTemplate key(YamlMap map) {
    Text text = map.required("key");
    if (text == null) {
      return null;
    }
    try {
      return KeyTemplate.parse(text.value());
    } catch (IllegalArgumentException e) {
      problems.add(text.line(), "The key \"" + text.value() + "\" " + e.getMessage() + ".", null);
      return null;
    }
  }

  private boolean isSingleton(YamlMap map) {
    Text text = map.text("singleton");
    if (text != null && !List.of("true", "false").contains(text.value())) {
      problems.add(text.line(), "'singleton' is '" + text.value() + "'.", "Say true or false.");
    }
    return text != null && text.value().equals("true");
  }

  private Duration minInterval(YamlMap map) {
    Duration minInterval = duration(map, "min_interval");
    return minInterval == null ? Duration.ZERO : minInterval;
  }

  private @Nullable Duration refresh(YamlMap map) {
    Duration refresh = duration(map, "refresh");
    if (refresh != null && refresh.compareTo(LEAST_REFRESH) < 0) {
      problems.add(map.line("refresh"), "'refresh' is less than a second.", "Say 1s or more.");
    }
    return refresh;
  }

  private @Nullable Duration duration(YamlMap map, String word) {
    Text text = map.text(word);
    if (text == null) {
      return null;
    }
    Matcher matcher = DURATION.matcher(text.value());
    if (!matcher.matches()) {
      problems.add(
          text.line(),
          "'" + word + "' is '" + text.value() + "'.",
          "Say a time such as 500ms, 10s, 5m or 1h.");
      return null;
    }
    long number = Long.parseLong(matcher.group(1));
    return switch (matcher.group(2)) {
      case "ms" -> Duration.ofMillis(number);
      case "s" -> Duration.ofSeconds(number);
      case "m" -> Duration.ofMinutes(number);
      default -> Duration.ofHours(number);
    };
  }

  private @Nullable ResourceEntry resource(Text name, Node node) {
    YamlMap map = new YamlMap(node, "resource '" + name.value() + "'", problems);
    map.allow(RESOURCE_WORDS);
    Text table = map.required("table");
    return table == null
        ? null
        : new ResourceEntry(name, table, map.texts("key"), map.texts("write"), map.texts("roles"));
  }
}
