package dev.forebay.model;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

class IndexNameTest {

  @Test
  void name_thatFits_isPlain() {
    TableName table = new TableName("public", "comment");

    assertThat(IndexName.identity(table)).isEqualTo("comment_forebay_identity");
    assertThat(IndexName.link(table, List.of("article_id", "lang")))
        .isEqualTo("comment_article_id_lang_forebay");
  }

  @Test
  void name_tooLong_isCutBetweenCharactersAndKeepsTablesApart() {
    String emoji = "\uD83C\uDF0A";
    TableName one = new TableName("public", emoji.repeat(15) + "a");
    TableName other = new TableName("public", emoji.repeat(15) + "b");

    assertThat(IndexName.identity(one))
        .satisfies(name -> assertThat(name.getBytes(StandardCharsets.UTF_8)).hasSizeBetween(59, 63))
        .startsWith(emoji.repeat(9) + "_")
        .endsWith("_forebay_identity")
        .isNotEqualTo(IndexName.identity(other));
  }
}
