package dev.forebay.ops.catalogue;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/** Fills our own catalogue: about a thousand rows, with lonely artists, loose tracks and NULLs. */
final class OwnCatalogue {

  private static final int GENRES = 12;
  private static final int ARTISTS = 60;
  private static final int WITHOUT_ALBUMS = 10;
  private static final int ALBUMS = 120;
  private static final int TRACKS = 400;
  private static final int PLAYLISTS = 60;
  private static final int EMPTY_PLAYLISTS = 8;
  private static final int ENTRIES = 400;

  private final Random random;
  private final Rows rows;

  OwnCatalogue(Connection connection, Random random) {
    this.random = random;
    this.rows = new Rows(connection, random, "own");
  }

  void insert() throws SQLException {
    for (int id = 1; id <= GENRES; id++) {
      rows.run("insert into genre values (?, ?)", id, id == 1 ? null : rows.name());
    }
    for (int id = 1; id <= ARTISTS; id++) {
      rows.run(
          "insert into artist values (?, ?, ?::text[], ?::date)",
          id,
          artistName(id),
          id % 3 == 0 ? "{}" : "{\"a \\\"b\\\"\",ü,NULL}",
          id % 4 == 0 ? null : "19" + (10 + random.nextInt(90)) + "-02-28");
    }
    for (int id = 1; id <= ALBUMS; id++) {
      rows.run(
          "insert into album values (?, ?, ?, ?::timestamp)",
          id,
          rows.name(),
          1 + random.nextInt(ARTISTS - WITHOUT_ALBUMS),
          id % 5 == 0 ? null : "2001-01-01 00:00:0" + random.nextInt(10) + ".25");
    }
    for (int id = 1; id <= TRACKS; id++) {
      track(id);
    }
    for (int id = 1; id <= PLAYLISTS; id++) {
      rows.run("insert into playlist values (?, ?)", id, id == PLAYLISTS ? null : rows.name());
    }
    for (int entry = 0; entry < ENTRIES; entry++) {
      rows.run(
          "insert into playlist_track values (?, ?) on conflict do nothing",
          1 + random.nextInt(PLAYLISTS - EMPTY_PLAYLISTS),
          1 + random.nextInt(TRACKS));
    }
  }

  private @Nullable String artistName(int id) {
    return switch (id) {
      case 1 -> "";
      case 2 -> " ";
      case 20, ARTISTS -> null;
      default -> rows.name();
    };
  }

  private void track(int id) throws SQLException {
    rows.run(
        """
        insert into track
        values (?, ?, ?, ?, ?, ?, ?, ?::numeric, ?, ?::timestamptz, ?::jsonb)\
        """,
        id,
        rows.name(),
        id % 17 == 0 ? null : 1 + random.nextInt(ALBUMS),
        id % 7 == 0 ? null : 1 + random.nextInt(GENRES),
        id % 3 == 0 ? null : rows.name(),
        random.nextInt(600_000),
        id % 11 == 0 ? null : random.nextLong(),
        random.nextInt(100) + ".90",
        random.nextBoolean(),
        "2026-03-29 02:30:00." + id + "+0" + random.nextInt(10),
        id % 2 == 0 ? null : "{\"z\": [1, {\"ä\": null}], \"a\": \"" + id + "\"}");
  }
}
