package dev.forebay.ops.dev;

import dev.forebay.api.auth.ApiKeys;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.SQLException;
import java.util.Set;

/** The API key of development mode: made once, kept in a file that only its owner can read. */
record DevKey(Path file) {

  private static final String NAME = "development";

  /**
   * Makes sure that the key in the file is valid, or makes one.
   *
   * @param roles that it shall have
   */
  String ensure(ApiKeys keys, Set<String> roles) throws IOException, SQLException {
    if (Files.exists(file)) {
      String key = Files.readString(file).strip();
      keys.ensure(key, NAME, roles);
      return key;
    }
    String key = keys.replace(NAME, roles);
    Files.createFile(
        file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    Files.writeString(file, key + "\n", StandardOpenOption.TRUNCATE_EXISTING);
    return key;
  }
}
