package dev.forebay.ops;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class KeysCommandTest {

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          create ci                                   | Missing required option: '--role=ROLE'
          create ci --role a --expires 3w             | keys: --expires '3w' is not days or hours such as 90d or 12h.
          create ci --role a --expires 0d             | keys: --expires '0d' is not days or hours such as 90d or 12h.
          create ci --role a --expires 999999d        | keys: --expires '999999d' is not days or hours such as 90d or 12h.
          create ci --role a --rotate --replace       | keys: give either --rotate or --replace.
          create jwt:ci --role a                      | keys: a key's name does not begin with 'jwt:' as those of tokens do.
          revoke                                      | keys: give either IDs or --name.
          revoke abc --name ci                        | keys: give either IDs or --name.
          """)
  void commandLine_thatIsWrong_isRefusedBeforeAnythingIsAsked(String arguments, String message) {
    StringWriter said = new StringWriter();

    int code =
        Forebay.commandLine()
            .setErr(new PrintWriter(said))
            .execute(("keys " + arguments).split(" ", -1));

    assertThat(code).isEqualTo(ExitCode.INVALID);
    assertThat(said.toString().lines().findFirst()).contains(message);
  }
}
