package dev.forebay.ops.catalogue;

import java.sql.SQLException;
import java.util.List;

/** What an editor does with playlists and what is in them. */
final class PlaylistEdits {

  private final Rows rows;

  PlaylistEdits(Rows rows) {
    this.rows = rows;
  }

  List<Rows.Edit> all() {
    return List.of(
        this::newPlaylist,
        this::renamePlaylist,
        this::deletePlaylist,
        this::addToPlaylist,
        this::replaceInPlaylist,
        this::removeFromPlaylist,
        this::copyPlaylist);
  }

  private void newPlaylist() throws SQLException {
    int playlist = rows.newId();
    rows.run("insert into playlist (playlist_id, name) values (?, ?)", playlist, rows.name());
    rows.run("insert into playlist_track values (?, ?)", playlist, rows.any("track"));
  }

  private void renamePlaylist() throws SQLException {
    rows.run(
        "update playlist set name = ? where playlist_id = ?",
        rows.nameOrNull(),
        rows.any("playlist"));
  }

  private void deletePlaylist() throws SQLException {
    Integer playlist = rows.any("playlist where playlist_id > " + Rows.FIRST_NEW_ID);
    rows.run("delete from playlist_track where playlist_id = ?", playlist);
    rows.run("delete from playlist where playlist_id = ?", playlist);
  }

  private void addToPlaylist() throws SQLException {
    rows.run(
        "insert into playlist_track values (?, ?), (?, ?) on conflict do nothing",
        rows.any("playlist"),
        rows.any("track"),
        rows.any("playlist"),
        rows.any("track"));
  }

  /** Changes the primary key of a link. */
  private void replaceInPlaylist() throws SQLException {
    Integer playlist = rows.pick("playlist_id", "playlist_track");
    Integer track = rows.pick("track_id", "playlist_track where playlist_id = " + playlist);
    Integer newPlaylist = rows.any("playlist");
    Integer newTrack = rows.any("track");
    rows.run(
        """
        update playlist_track set playlist_id = ?, track_id = ?
        where playlist_id = ? and track_id = ?
          and not exists (select from playlist_track where playlist_id = ? and track_id = ?)\
        """,
        newPlaylist,
        newTrack,
        playlist,
        track,
        newPlaylist,
        newTrack);
  }

  private void removeFromPlaylist() throws SQLException {
    rows.run(
        "delete from playlist_track where playlist_id = ? and track_id % 5 = ?",
        rows.any("playlist"), rows.below(5));
  }

  private void copyPlaylist() throws SQLException {
    rows.run(
        """
        insert into playlist_track
        select ?, track_id from playlist_track where playlist_id = ? order by track_id limit 20
        on conflict do nothing\
        """,
        rows.any("playlist"),
        rows.any("playlist"));
  }
}
