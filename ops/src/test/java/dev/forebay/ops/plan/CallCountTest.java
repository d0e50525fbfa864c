package dev.forebay.ops.plan;

import static org.assertj.core.api.Assertions.assertThat;

import dev.forebay.worker.SyncConfig;
import dev.forebay.worker.publish.Publisher;
import org.junit.jupiter.api.Test;

class CallCountTest {

  private final CallCount calls = new CallCount();

  @Test
  void calls_oneForEachBatchThatWrites() {
    for (int i = 0; i < 4 * SyncConfig.BATCH; i++) {
      if (i / SyncConfig.BATCH == 1) {
        calls.skipped(); // nothing to write in the second batch
      } else {
        calls.written(100);
      }
    }

    assertThat(calls.calls()).isEqualTo(3);
  }

  @Test
  void calls_splitWhereTheyWouldBeTooLarge() {
    int half = (int) (Publisher.CALL_BYTES / 2);
    for (int i = 0; i < 5; i++) {
      calls.written(half);
    }

    assertThat(calls.calls()).isEqualTo(3);
  }

  @Test
  void calls_aDocumentBeyondTheSizeGoesAlone() {
    calls.written((int) Publisher.CALL_BYTES + 1);
    calls.written(1);

    assertThat(calls.calls()).isEqualTo(2);
  }
}
