package dev.forebay.model.file;

import dev.forebay.model.Cadence;
import dev.forebay.model.Importance;
import dev.forebay.model.KeyTemplate;
import dev.forebay.model.Verb;
import dev.forebay.model.file.ForebayFile.Body;
import dev.forebay.model.file.ForebayFile.Dependency;
import dev.forebay.model.file.ForebayFile.ModelEntry;
import dev.forebay.model.file.ForebayFile.Query;
import dev.forebay.model.file.ForebayFile.ResourceEntry;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
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
          "importance",
          "sql",
          "depends_on");
  static final List<String> DEPENDENCY_WORDS = List.of("keys");
  static final List<String> RESOURCE_WORDS =
      List.of("table", "key", "write", "roles", "version", "if_match", "as");
  static final List<String> ROLE_WORDS = Stream.of(Verb.values()).map(Verb::word).toList();
  static final List<String> IF_MATCH_WORDS = List.of("optional", "required");

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
    YamlMap top = new YamlMap(root, problems);
    top.allow(TOP_WORDS);
    List<ModelEntry> models = section(top, "models", this::model);
    List<ResourceEntry> resources = section(top, "resources", this::resource);
    return new ForebayFile(models, resources);
  }

  private interface Entry<T> {
    @Nullable T read(Text name, YamlMap section);
  }

  private <T> List<T> section(YamlMap top, String word, Entry<T> entry) {
    List<T> entries = new ArrayList<>();
    if (top.has(word)) {
      YamlMap section = top.map(word, "'" + word + "'");
      section.names().forEach(this::checkName);
      for (Text name : section.names()) {
        T read = entry.read(name, section);
        if (read != null) {
          entries.add(read);
        }
      }
    }
    return entries;
  }

  private void checkName(Text name) {
    if (!NAME.matcher(name.value()).matches()) {
      problems.add(
          name.at(),
          "The name '" + name.value() + "' is not allowed.",
          "Use up to 40 lower-case letters, digits and underscores, a letter first.");
    }
  }

  private @Nullable ModelEntry model(Text name, YamlMap section) {
    YamlMap map = section.map(name.value(), "model '" + name.value() + "'");
    map.allow(MODEL_WORDS);
    if (map.has("sql") || map.has("depends_on")) {
      return query(name, map);
    }
    Body body = bodies.body(name.at(), map);
    Cadence cadence = cadence(map);
    if (isSingleton(map)) {
      for (String word : List.of("from", "key", "where", "fields")) {
        if (map.has(word)) {
          problems.add(map.at(word), "A singleton has no '" + word + "'.", "Use 'include'.");
        }
      }
      return new ModelEntry(
          name, KeyTemplate.SINGLETON, name.at(), null, null, cadence, body, null);
    }
    Text from = map.required("from");
    KeyTemplate key = key(map);
    return from == null || key == null
        ? null
        : new ModelEntry(name, key, map.at("key"), from, map.text("where"), cadence, body, null);
  }

  private @Nullable ModelEntry query(Text name, YamlMap map) {
    for (String word : List.of("from", "where", "fields", "include")) {
      if (map.has(word)) {
        problems.add(map.at(word), "A model with 'sql' has no '" + word + "'.", "Remove one.");
      }
    }
    boolean singleton = isSingleton(map);
    if (singleton && map.has("key")) {
      problems.add(map.at("key"), "A singleton has no 'key'.", "Remove it.");
    }
    KeyTemplate key = singleton ? KeyTemplate.SINGLETON : key(map);
    Text sql = map.required("sql");
    List<Dependency> dependsOn = dependsOn(name, map, singleton);
    Cadence cadence = cadence(map);
    Body none = new Body(name.at(), List.of(), List.of());
    return key == null || sql == null
        ? null
        : new ModelEntry(
            name,
            key,
            singleton ? name.at() : map.at("key"),
            null,
            null,
            cadence,
            none,
            new Query(sql, dependsOn));
  }

  private List<Dependency> dependsOn(Text name, YamlMap map, boolean singleton) {
    if (!map.has("depends_on")) {
      problems.add(
          map.at(),
          "model '" + name.value() + "' lacks 'depends_on'.",
          "Name the tables that 'sql' reads, each with 'all' or { keys: SELECT … from changed }.");
      return List.of();
    }
    List<Dependency> dependsOn = new ArrayList<>();
    YamlMap tables = map.map("depends_on", "'depends_on'");
    for (Text table : tables.names()) {
      if (tables.node(table.value()) instanceof MappingNode) {
        YamlMap how = tables.map(table.value(), "'" + table.value() + "'");
        how.allow(DEPENDENCY_WORDS);
        Text keys = how.required("keys");
        if (singleton) {
          problems.add(table.at(), "A singleton is one document.", "Say 'all'.");
        } else if (keys != null) {
          dependsOn.add(new Dependency(table, keys));
        }
      } else {
        Text all = tables.text(table.value());
        if (all != null && !all.value().equals("all")) {
          problems.add(
              all.at(),
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
      problems.add(text.at(), "The key \"" + text.value() + "\" " + e.getMessage() + ".", null);
      return null;
    }
  }

  private boolean isSingleton(YamlMap map) {
    Text text = map.text("singleton");
    if (text != null && !List.of("true", "false").contains(text.value())) {
      problems.add(text.at(), "'singleton' is '" + text.value() + "'.", "Say true or false.");
    }
    return text != null && text.value().equals("true");
  }

  private Cadence cadence(YamlMap map) {
    Duration minInterval = duration(map, "min_interval");
    return new Cadence(
        minInterval == null ? Duration.ZERO : minInterval, refresh(map), importance(map));
  }

  private Importance importance(YamlMap map) {
    Text text = map.text("importance");
    if (text == null) {
      return Importance.NORMAL;
    }
    for (Importance one : Importance.values()) {
      if (one.name().toLowerCase(Locale.ROOT).equals(text.value())) {
        return one;
      }
    }
    problems.add(text.at(), "'importance' is '" + text.value() + "'.", "Say low, normal or high.");
    return Importance.NORMAL;
  }

  private @Nullable Duration refresh(YamlMap map) {
    Duration refresh = duration(map, "refresh");
    if (refresh != null && refresh.compareTo(LEAST_REFRESH) < 0) {
      problems.add(map.at("refresh"), "'refresh' is less than a second.", "Say 1s or more.");
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
          text.at(),
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

  private @Nullable ResourceEntry resource(Text name, YamlMap section) {
    YamlMap map = section.map(name.value(), "resource '" + name.value() + "'");
    map.allow(RESOURCE_WORDS);
    Text table = map.required("table");
    return table == null
        ? null
        : new ResourceEntry(
            name,
            table,
            map.texts("key"),
            map.texts("write"),
            roles(map),
            map.text("version"),
            ifMatchRequired(map.text("if_match")),
            map.text("as"));
  }

  /** A list is for all verbs, a mapping says it for each. */
  private Map<Verb, List<Text>> roles(YamlMap map) {
    Map<Verb, List<Text>> roles = new EnumMap<>(Verb.class);
    if (map.node("roles") instanceof MappingNode) {
      YamlMap byVerb = map.map("roles", "roles");
      byVerb.allow(ROLE_WORDS);
      for (Verb verb : Verb.values()) {
        roles.put(verb, byVerb.texts(verb.word()));
      }
    } else {
      List<Text> same = map.texts("roles");
      for (Verb verb : Verb.values()) {
        roles.put(verb, same);
      }
    }
    return roles;
  }

  private boolean ifMatchRequired(@Nullable Text word) {
    if (word != null && !IF_MATCH_WORDS.contains(word.value())) {
      problems.addUnknown(word, "The word", IF_MATCH_WORDS);
    }
    return word != null && word.value().equals("required");
  }
}
