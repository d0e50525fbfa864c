package dev.forebay.kv.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.util.Random;
import okio.Buffer;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class JsonSinkTest {

  private static final ObjectMapper JSON = new ObjectMapper();

  @ParameterizedTest(name = "seed {0}")
  @ValueSource(longs = {1, 2, 3})
  void string_isWhatAParserReadsAndAsLongAsCounted(long seed) throws IOException {
    Random random = new Random(seed);
    for (int i = 0; i < 2000; i++) {
      String text = text(random, random.nextInt(20) == 0 ? 20_000 : 40);
      JsonSink counting = JsonSink.counting();
      counting.raw("[");
      counting.string(text);
      counting.raw("]");
      Buffer written = new Buffer();
      JsonSink writing = JsonSink.to(written);
      writing.raw("[");
      writing.string(text);
      writing.raw("]");
      writing.flush();

      assertThat(written.size()).isEqualTo(counting.bytes()).isEqualTo(writing.bytes());
      assertThat(JSON.readTree(written.readUtf8()).get(0).asText()).isEqualTo(text);
    }
  }

  private static String text(Random random, int mostChars) {
    StringBuilder text = new StringBuilder();
    for (int i = random.nextInt(mostChars + 1); i > 0; i--) {
      switch (random.nextInt(5)) {
        case 0 -> text.append((char) random.nextInt(0x20));
        case 1 -> text.append("\"\\/\u007f\u2028".charAt(random.nextInt(5)));
        case 2 -> text.appendCodePoint(0x10000 + random.nextInt(0x10000));
        case 3 -> text.append((char) (0x80 + random.nextInt(0xd000)));
        default -> text.append((char) ('a' + random.nextInt(26)));
      }
    }
    return text.toString();
  }
}
