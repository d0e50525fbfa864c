package dev.forebay.model;

import java.util.regex.Pattern;

/**
 * One Forebay in one database. The name fixes the replication slot, the publication, the ledger's
 * schema and the prefix of KV keys, so that preview and production can share a database.
 *
 * @param name {@code forebay} (the default, which has no key prefix) or up to 40 lower-case
 *     letters, digits and underscores that begin with a letter
 */
public record Instance(String name) {

  private static final Pattern NAME = Pattern.compile("[a-z][a-z0-9_]{0,39}");

  /** The instance of a database that has only one. */
  public static final Instance DEFAULT = new Instance("forebay");

  public Instance {
    if (!NAME.matcher(name).matches()) {
      throw new IllegalArgumentException(
          "instance '" + name + "' is not " + NAME + "; choose a name such as preview");
    }
  }

  /** Name of the replication slot, the publication and the ledger's schema. */
  public String databaseName() {
    return equals(DEFAULT) ? name : "forebay_" + name;
  }

  /** What stands before every KV key; no model name contains its last character. */
  public String keyPrefix() {
    return equals(DEFAULT) ? "" : name + ".";
  }

  /** Returns the key as documents have it, whether or not the prefix stands before it. */
  public String unprefixed(String kvKey) {
    return kvKey.startsWith(keyPrefix()) ? kvKey.substring(keyPrefix().length()) : kvKey;
  }
}
