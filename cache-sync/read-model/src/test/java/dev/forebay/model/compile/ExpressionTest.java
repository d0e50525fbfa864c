package dev.forebay.model.compile;

import static org.assertj.core.api.Assertions.assertThat;

import dev.forebay.model.file.Location;
import dev.forebay.model.file.Problems;
import dev.forebay.model.file.Text;
import java.util.Objects;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ExpressionTest {

  private final Problems problems = new Problems();

  @ParameterizedTest(name = "{0}")
  @ValueSource(
      strings = {
        "a = 'x''y'",
        "a = E'it\\'s; --'",
        "date'2026-01-01' < b",
        "\"select\" = 1",
        "a[1] = (b + (c))",
        "now = 1",
        "a = '; drop table x; --'",
        "größe > 1",
        "selected and tables",
        "a < now() and b < current_date",
      })
  void parse_asWritten(String sql) {
    Expression expression = Expression.parse(new Text(sql, Location.TOP), "'where'", problems);

    assertThat(problems.list()).isEmpty();
    assertThat(Objects.requireNonNull(expression).sql()).isEqualTo(sql);
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "a ? 'b'      | a ?? 'b'",
        "a ?& b       | a ??& b",
        "a = '?'      | a = '?'",
        "\"a?\" = 1   | \"a?\" = 1",
      })
  void parse_questionMark(String sql, String prepared) {
    Expression expression = Expression.parse(new Text(sql, Location.TOP), "'where'", problems);

    assertThat(Objects.requireNonNull(expression).sql()).isEqualTo(prepared);
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "a) or (b                  | closes a ')' that it did not open.",
        "(a                        | has an open '('.",
        "(a]                       | closes a ']' that it did not open.",
        "a = 'x                    | has an open '.",
        "a = E'x\\'                | has an open '.",
        "\"a                       | has an open \".",
        "a; b                      | holds ';' outside quotes; it must be one expression over columns.",
        "a = $1                    | holds '$' outside quotes; it must be one expression over columns.",
        "a = $$x$$                 | holds '$' outside quotes; it must be one expression over columns.",
        "a /* b */                 | holds a comment; write it as a comment of YAML.",
        "(SELECT 1)                | holds a sub-query, which is not supported yet; use 'include' for other tables.",
        "exists (table x)          | holds a sub-query, which is not supported yet; use 'include' for other tables.",
      })
  void parse_refused(String sql, String fault) {
    assertThat(
            Expression.parse(new Text(sql, new Location(3, "models.m.where")), "'where'", problems))
        .isNull();
    assertThat(problems.list())
        .singleElement()
        .hasToString("forebay.yaml:3 models.m.where: 'where' " + fault);
  }
}
