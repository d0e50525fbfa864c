package dev.forebay.worker;

import dev.forebay.worker.resync.ResyncStatus;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.MultiGauge;
import io.micrometer.core.instrument.Tags;
import java.util.Map;
import java.util.function.ToDoubleFunction;

/** How far resyncs are, by model; one that is over has no value. For one thread. */
final class ResyncGauges {

  private final MultiGauge settled;
  private final MultiGauge total;
  private final MultiGauge speed;

  ResyncGauges(MeterRegistry metrics) {
    this.settled =
        MultiGauge.builder("forebay.resync.settled.documents")
            .description("Documents of a resync that are settled")
            .register(metrics);
    this.total =
        MultiGauge.builder("forebay.resync.total.documents")
            .description("About how many documents a resync has to settle")
            .register(metrics);
    this.speed =
        MultiGauge.builder("forebay.resync.speed")
            .baseUnit("documents_per_second")
            .description("Documents of a resync that are settled per second")
            .register(metrics);
  }

  void show(Map<String, ResyncStatus> running) {
    show(settled, running, ResyncStatus::settled);
    show(total, running, ResyncStatus::total);
    show(speed, running, ResyncStatus::perSecond);
  }

  private static void show(
      MultiGauge gauge, Map<String, ResyncStatus> running, ToDoubleFunction<ResyncStatus> value) {
    gauge.register(
        running.entrySet().stream()
            .<MultiGauge.Row<?>>map(one ->
                MultiGauge.Row.of(
                    Tags.of("model", one.getKey()), value.applyAsDouble(one.getValue())))
            .toList(),
        true);
  }
}
