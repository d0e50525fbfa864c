package dev.forebay.ops.catalogue;

import java.sql.SQLException;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** What an editor does with artists and genres. */
final class ArtistEdits {

  private final Rows rows;
  private final boolean cascades;

  ArtistEdits(Rows rows, DataSet set) {
    this.rows = rows;
    this.cascades = set.cascades();
  }

  List<Rows.Edit> all() {
    return List.of(
        this::newArtist,
        this::upsertArtist,
        this::renameArtist,
        this::swapArtists,
        this::renumberArtist,
        this::deleteArtist,
        this::renameGenre,
        this::changeGenre,
        this::deleteGenre);
  }

  private void newArtist() throws SQLException {
    rows.run("insert into artist (artist_id, name) values (?, ?)", rows.newId(), rows.nameOrNull());
  }

  private void upsertArtist() throws SQLException {
    rows.run(
        """
        insert into artist (artist_id, name) values (?, ?), (?, ?)
        on conflict (artist_id) do update set name = excluded.name\
        """,
        rows.any("artist"),
        rows.nameOrNull(),
        rows.newId(),
        rows.nameOrNull());
  }

  private void renameArtist() throws SQLException {
    rows.run(
        "update artist set name = ? where artist_id = ?", rows.nameOrNull(), rows.any("artist"));
  }

  /** In our own catalogue the names are the keys. */
  private void swapArtists() throws SQLException {
    Integer one = rows.any("artist");
    Integer other = rows.any("artist");
    Object oneName = rows.value("select name from artist where artist_id = ?", one);
    Object otherName = rows.value("select name from artist where artist_id = ?", other);
    rows.run("update artist set name = ? where artist_id = ?", rows.nameOrNull(), one);
    rows.run("update artist set name = ? where artist_id = ?", oneName, other);
    rows.run(
        "update artist set name = ? where artist_id = ?",
        Objects.equals(one, other) ? oneName : otherName,
        one);
  }

  private void renumberArtist() throws SQLException {
    int newId = rows.newId();
    Integer artist = rows.any("artist");
    if (!cascades) {
      rows.run(
          "insert into artist (artist_id, name) select ?, name from artist where artist_id = ?",
          newId,
          artist);
      rows.run("update album set artist_id = ? where artist_id = ?", newId, artist);
      rows.run("delete from artist where artist_id = ?", artist);
    } else {
      rows.run("update artist set artist_id = ? where artist_id = ?", newId, artist);
    }
  }

  private void deleteArtist() throws SQLException {
    rows.run(
        "delete from artist where artist_id = ?",
        rows.any("artist where artist_id not in (select artist_id from album)"));
  }

  private void renameGenre() throws SQLException {
    rows.run("update genre set name = ? where genre_id = ?", rows.nameOrNull(), genreInUse());
  }

  /** The more tracks a genre has, the more often it comes. */
  private @Nullable Integer genreInUse() throws SQLException {
    return rows.pick("genre_id", "track where genre_id is not null");
  }

  private void changeGenre() throws SQLException {
    int genre = rows.newId();
    rows.run("insert into genre (genre_id, name) values (?, ?)", genre, rows.nameOrNull());
    rows.run("update track set genre_id = ? where album_id = ?", genre, rows.any("album"));
  }

  private void deleteGenre() throws SQLException {
    Integer genre = rows.any("genre where genre_id > " + Rows.FIRST_NEW_ID);
    if (!cascades) {
      rows.run("update track set genre_id = null where genre_id = ?", genre);
    }
    rows.run("delete from genre where genre_id = ?", genre);
  }
}
