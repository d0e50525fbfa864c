package dev.forebay.ops.plan.show;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.forebay.ops.plan.KvCost;
import dev.forebay.ops.plan.ModelPlan;
import dev.forebay.ops.plan.ModelPlan.Samples;
import dev.forebay.ops.plan.ModelPlan.State;
import dev.forebay.ops.plan.Plan;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class PlanTableTest {

  private static final ModelPlan ARTICLE =
      new ModelPlan(
          "article",
          State.CHANGED,
          false,
          1_000_000,
          4,
          987_654,
          2,
          12_344,
          1,
          61_000_000,
          63_100_000,
          60_000_000,
          1_980,
          new Samples(
              List.of("article:x", "article:y", "article:z"),
              List.of("article:old-1", "article:old-2"),
              List.of(
                  new ModelPlan.DeadLetter(
                      "article:zero", "PostgreSQL cannot build it: SQLSTATE 22012 in int4div"))));
  private static final ModelPlan TAG =
      new ModelPlan(
          "tag", State.UNCHANGED, false, 120, 0, 0, 0, 120, 0, 4_500, 4_500, 0, 0, Samples.NONE);
  private static final ModelPlan OLD =
      new ModelPlan("old", State.NOT_KEPT, false, 7, 0, 0, 0, 7, 0, 700, 700, 0, 0, Samples.NONE);

  private static Plan plan(List<Plan.DocumentChange> changes) {
    return new Plan(
        "shop on db:5432",
        "forebay",
        List.of(ARTICLE, TAG, OLD),
        new KvCost(987_658, 2, 1_980, 960, 61_005_200, 63_105_200),
        changes,
        List.of("Something else."));
  }

  private static Plan.DocumentChange change(@Nullable String before, String after) {
    return new Plan.DocumentChange("article", "article:a", before, after, null);
  }

  @Test
  void table_ofAChange() {
    assertThat(
            PlanTable.render(
                plan(
                    List.of(
                        change(
                            "{\"id\": 1, \"title\": \"T\"}", "{\"id\": 1, \"heading\": \"T\"}")))))
        .isEqualTo(
            """
            plan for shop on db:5432, instance forebay

            documents                  added  changed  removed  unchanged  dead letters
            article    changed             4  987,654        2     12,344             1
            tag        unchanged           –        –        –        120             –
            old        no longer kept      –        –        –          7             –

            bytes    KV writes  KV deletes  written   before    after
            article    987,658           2  60.0 MB  61.0 MB  63.1 MB
            tag              –           –        –   4.5 kB   4.5 kB
            old              –           –        –    700 B    700 B
            total      987,658           2  60.0 MB  61.0 MB  63.1 MB

            requests  about 1,980: 16 minutes at the request budget
            price     $4.94 for this change at list price; $0 within the free million a month
            storage   $0.03 a month before, $0.03 after at list price; $0 within the free GB

            added    article:x
            added    article:y
            added    article:z and 1 more
            removed  article:old-1
            removed  article:old-2
            dead     article:zero: PostgreSQL cannot build it: SQLSTATE 22012 in int4div

            --- article:a before
            +++ article:a after
            @@ -1,4 +1,4 @@
             {
               "id": 1,
            -  "title": "T"
            +  "heading": "T"
             }

            note: Something else.
            note: What is no longer kept stays in KV as it is; the worker leaves such documents alone.
            """);
  }

  @Test
  void table_ofASample_marksEveryEstimate() {
    ModelPlan sampled =
        new ModelPlan(
            "article",
            State.CHANGED,
            true,
            999_999,
            999_999,
            999_999,
            999_999,
            999_999,
            999_999,
            99_900_000,
            99_900_000,
            99_900_000,
            9_999,
            Samples.NONE);

    String table =
        PlanTable.render(
            new Plan(
                "p",
                "i",
                List.of(sampled),
                new KvCost(1_999_998, 999_999, 9_999, 960, 99_900_000, 99_900_000),
                List.of(),
                List.of()));

    assertThat(table.lines())
        .contains(
            "article    changed  about 999,999  about 999,999  999,999  about 999,999  about 999,999",
            "article  about 1,999,998     999,999  about 99.9 MB  99.9 MB  about 99.9 MB",
            "note: Figures with 'about' are estimated from a sample of the documents.")
        .allMatch(line -> line.length() <= 100);
    assertThat(table)
        .contains("price     about $15.00 for this change at list price; the free million");
  }

  @Test
  void diff_longLines_showWhereTheyDiffer() {
    String same = "x".repeat(300);
    String table =
        PlanTable.render(
            plan(
                List.of(
                    change(
                        "{\"t\": \"" + same + "old" + same + "\"}",
                        "{\"t\": \"" + same + "new" + same + "\"}"))));

    assertThat(table.lines().filter(line -> line.startsWith("-  ") || line.startsWith("+  ")))
        .satisfiesExactly(
            line -> assertThat(line).hasSize(100).startsWith("-  \"t\": \"xx").contains("xoldx"),
            line -> assertThat(line).hasSize(100).startsWith("+  \"t\": \"xx").contains("xnewx"));
  }

  @Test
  void json_isOneObjectWithDocumentsAsTheyAre() throws Exception {
    String big = "{\"n\": 12345678901234567890.10}";

    String json = PlanJson.render(plan(List.of(change(null, big))));

    JsonNode root =
        JsonMapper.builder()
            .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
            .build()
            .readTree(json);
    assertThat(root.at("/models/0/changed").longValue()).isEqualTo(987_654);
    assertThat(root.at("/models/2/state").textValue()).isEqualTo("not_kept");
    assertThat(root.at("/models/0/deadLetterSamples/0/key").textValue()).isEqualTo("article:zero");
    assertThat(root.at("/kv/writes").longValue()).isEqualTo(987_658);
    assertThat(root.at("/kv/listPriceDollars").decimalValue()).isEqualByComparingTo("4.9383");
    assertThat(root.at("/kv/freeQuotasDeducted").booleanValue()).isFalse();
    assertThat(root.at("/changes/0/before").isNull()).isTrue();
    assertThat(json).contains(big);
    assertThat(root.at("/notes/0").textValue()).isEqualTo("Something else.");
  }
}
