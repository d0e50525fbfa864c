package dev.forebay.model.file;

/**
 * A place in forebay.yaml.
 *
 * @param line counted from 1
 * @param path the words that lead to it, {@code models.article.include.author}; empty where no word
 *     does: at the top, and in a file that is not YAML
 */
public record Location(int line, String path) {

  /** Where a file begins. */
  public static final Location TOP = new Location(1, "");

  /** A word below this one. */
  Location below(String word, int at) {
    String name = word.matches("[\\w-]+") ? word : '"' + word.replaceAll("\\s+", " ") + '"';
    return new Location(at, path.isEmpty() ? name : path + "." + name);
  }

  /** The same words at another line. */
  Location at(int other) {
    return new Location(other, path);
  }

  /** Returns {@code forebay.yaml:12 models.article.include.author}. */
  @Override
  public String toString() {
    return "forebay.yaml:" + line + (path.isEmpty() ? "" : " " + path);
  }
}
