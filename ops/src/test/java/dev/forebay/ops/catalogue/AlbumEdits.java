package dev.forebay.ops.catalogue;

import java.sql.SQLException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What an editor does with albums and their tracks. */
final class AlbumEdits {

  private final Rows rows;
  private final boolean cascades;

  AlbumEdits(Rows rows, DataSet set) {
    this.rows = rows;
    this.cascades = set.cascades();
  }

  List<Rows.Edit> all() {
    return List.of(
        this::newAlbum,
        this::renameAlbum,
        this::moveAlbum,
        this::deleteAlbum,
        this::newTracks,
        this::changeTrack,
        this::moveTrack,
        this::moveAllTracks,
        this::raisePrices,
        this::deleteTrack,
        this::renumberAny,
        this::moveAlbum,
        this::moveTrack);
  }

  private void newAlbum() throws SQLException {
    int album = rows.newId();
    rows.run(
        "insert into album (album_id, title, artist_id) values (?, ?, ?)",
        album,
        rows.name(),
        rows.any("artist"));
    copyTrack(rows.any("track"), album);
    copyTrack(rows.any("track"), album);
  }

  private void renameAlbum() throws SQLException {
    rows.run("update album set title = ? where album_id = ?", rows.name(), rows.any("album"));
  }

  private void moveAlbum() throws SQLException {
    rows.run(
        "update album set artist_id = ? where album_id = ?", rows.any("artist"), rows.any("album"));
  }

  private void deleteAlbum() throws SQLException {
    Integer album = rows.any("album");
    deleteTracks("album_id = ?", album);
    rows.run("delete from album where album_id = ?", album);
  }

  /** One statement, as many rows as the album has. */
  private void newTracks() throws SQLException {
    int offset = rows.newIds();
    rows.run(
        """
        insert into track
        select (jsonb_populate_record(t, jsonb_build_object('track_id', ? + row_number() over (order by t.track_id)))).*
        from track t where album_id = ?\
        """,
        offset,
        rows.any("album"));
  }

  private void changeTrack() throws SQLException {
    rows.run(
        "update track set name = ?, composer = ?, milliseconds = ?, bytes = ? where track_id = ?",
        rows.name(),
        rows.nameOrNull(),
        rows.below(600_000),
        rows.below(Integer.MAX_VALUE),
        rows.any("track"));
  }

  private void moveTrack() throws SQLException {
    Integer album = rows.below(8) == 0 ? null : rows.any("album");
    rows.run("update track set album_id = ? where track_id = ?", album, rows.any("track"));
  }

  private void moveAllTracks() throws SQLException {
    rows.run(
        "update track set album_id = ? where album_id = ?", rows.any("album"), rows.any("album"));
  }

  private void raisePrices() throws SQLException {
    rows.run(
        "update track set unit_price = unit_price + 0.01 where album_id in (?, ?)",
        rows.any("album"),
        rows.any("album"));
  }

  private void deleteTrack() throws SQLException {
    deleteTracks("track_id = ?", rows.any("track"));
  }

  /** Without cascades only a row that nobody refers to can change its primary key. */
  private void renumberAny() throws SQLException {
    String table = List.of("album", "track", "playlist", "genre").get(rows.below(4));
    String alone =
        switch (table) {
          case "album" -> "not exists (select from track c where c.album_id = t.album_id)";
          case "track" -> "not exists (select from playlist_track c where c.track_id = t.track_id)";
          case "genre" -> "not exists (select from track c where c.genre_id = t.genre_id)";
          default ->
              "not exists (select from playlist_track c where c.playlist_id = t.playlist_id)";
        };
    if (!cascades && table.equals("track")) {
      alone += " and track_id not in (select track_id from invoice_line)";
    }
    String id = table + "_id";
    Integer old = rows.pick(id, table + " t where " + (cascades ? "true" : alone));
    rows.run("update " + table + " set " + id + " = ? where " + id + " = ?", rows.newId(), old);
  }

  private void copyTrack(Integer track, int album) throws SQLException {
    rows.run(
        """
        insert into track
        select (jsonb_populate_record(t, jsonb_build_object('track_id', ?, 'album_id', ?, 'name', ?))).*
        from track t where track_id = ?\
        """,
        rows.newId(),
        album,
        rows.name(),
        track);
  }

  private void deleteTracks(String condition, @Nullable Integer value) throws SQLException {
    if (!cascades) {
      String which = " where track_id in (select track_id from track where " + condition + ")";
      rows.run("delete from playlist_track" + which, value);
      rows.run("delete from invoice_line" + which, value);
    }
    rows.run("delete from track where " + condition, value);
  }
}
