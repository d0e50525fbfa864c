package dev.forebay.ops.faults.check;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.forebay.kv.KvLimits;
import dev.forebay.kv.emulator.Applied;
import dev.forebay.kv.emulator.EmulatedNamespace;
import dev.forebay.kv.emulator.StoredValue;
import dev.forebay.ops.faults.check.Violations.Promise;
import dev.forebay.worker.history.ControlKey;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Reads what KV was told to do, in order, and judges each change: versions, spacing, and whether
 * the value can have been committed. For one thread.
 */
public final class AppliedLog {

  /** What one document must satisfy in every committed state. */
  public interface Rules {
    /**
     * What is wrong with a document that was applied.
     *
     * @param key without the instance's prefix
     */
    Optional<String> fault(String key, JsonNode document);
  }

  private static final JsonMapper JSON = new JsonMapper();
  private static final String CANARY = "canary:";

  private final EmulatedNamespace namespace;
  private final String prefix;
  private final Rules rules;
  private final Canaries canaries;
  private final Excuses excuses;
  private final Violations violations;
  private final Duration repairBound;
  private final Map<String, KeyState> keys = new HashMap<>();
  private long seen;
  private long writes;
  private long late;
  private long excused;
  private Duration longestRepair = Duration.ZERO;

  private static final class KeyState {
    @Nullable String value;
    @Nullable Version version;
    @Nullable Instant written;
    long request;
    @Nullable Instant disturbed;
  }

  /**
   * @param prefix before every key
   * @param repairBound until when an older value that landed late must be overwritten
   */
  public AppliedLog(
      EmulatedNamespace namespace,
      String prefix,
      Rules rules,
      Canaries canaries,
      Excuses excuses,
      Violations violations,
      Duration repairBound) {
    this.namespace = namespace;
    this.prefix = prefix;
    this.rules = rules;
    this.canaries = canaries;
    this.excuses = excuses;
    this.violations = violations;
    this.repairBound = repairBound;
  }

  /** Judges what has been applied since the last time. */
  public void follow() {
    for (Applied applied : namespace.logAfter(seen)) {
      seen = applied.number();
      if (!ControlKey.isNamed(applied.key())) {
        judge(applied);
      }
    }
  }

  private void judge(Applied applied) {
    KeyState state = keys.computeIfAbsent(applied.key(), key -> new KeyState());
    StoredValue stored = applied.value();
    String value = stored == null ? null : stored.text();
    writes++;
    if (value != null && !value.equals(state.value)) {
      lookAtValue(applied, value);
    }
    if (applied.late()) {
      late++;
      disturb(state, value, applied.at());
    } else {
      lookAtSpacing(state, applied);
      Version version = stored == null ? null : Version.of(stored);
      boolean back = version != null && state.version != null && version.isBefore(state.version);
      if (back && excuses.twoWriters(applied.at(), applied.at())) {
        disturb(state, value, applied.at());
      } else if (back) {
        violations.add(
            Promise.REGRESSED,
            "%s went from %s back to %s at %s"
                .formatted(applied.key(), state.version, version, applied.at()));
      } else {
        repaired(applied.key(), state, applied.at());
      }
      if (version != null && !back) {
        state.version = version;
      }
      state.written = applied.at();
      state.request = applied.request();
    }
    state.value = value;
  }

  private void disturb(KeyState state, @Nullable String value, Instant at) {
    boolean changes = value == null ? state.value != null : !value.equals(state.value);
    if (changes && state.disturbed == null) {
      state.disturbed = at;
    }
  }

  private void repaired(String key, KeyState state, Instant at) {
    if (state.disturbed == null) {
      return;
    }
    Duration took = Duration.between(state.disturbed, at);
    state.disturbed = null;
    if (took.compareTo(longestRepair) > 0) {
      longestRepair = took;
    }
    if (took.compareTo(repairBound) > 0) {
      violations.add(
          Promise.REPAIRED, key + " kept a value that landed late for " + took.toSeconds() + " s");
    }
  }

  private void lookAtSpacing(KeyState state, Applied applied) {
    if (state.written == null || state.request == applied.request()) {
      return;
    }
    Duration gap = Duration.between(state.written, applied.at());
    if (gap.compareTo(KvLimits.KEY_FLOOR) >= 0) {
      return;
    }
    if (excuses.twoWriters(state.written, applied.at())
        || excuses.lostAnswers(state.written, applied.at())) {
      excused++;
    } else {
      violations.add(
          Promise.PACED,
          "%s was written twice within %d ms at %s"
              .formatted(applied.key(), gap.toMillis(), applied.at()));
    }
  }

  private void lookAtValue(Applied applied, String value) {
    String key = applied.key().substring(prefix.length());
    try {
      JsonNode document = JSON.readTree(value);
      rules
          .fault(key, document)
          .ifPresent(fault ->
              violations.add(
                  Promise.PHANTOM,
                  "%s at %s: %s: %s".formatted(key, applied.at(), fault, bounded(value))));
      if (key.startsWith(CANARY) && !applied.late()) {
        canaries.applied(
            Integer.parseInt(key.substring(CANARY.length())), document.path("n").asLong());
      }
    } catch (JsonProcessingException e) {
      violations.add(Promise.PHANTOM, key + " is not JSON");
    }
  }

  private static String bounded(String text) {
    return text.length() <= 600 ? text : text.substring(0, 600) + "…";
  }

  /**
   * Judges what nothing has overwritten yet, when nothing more is to come.
   *
   * @param now later than the last change by as long as was waited for another
   */
  public void finish(Instant now) {
    keys.forEach((key, state) -> repaired(key, state, now));
  }

  /** How many changes of keys there were. */
  public long writes() {
    return writes;
  }

  /** How many of them were made after their call had been given up. */
  public long late() {
    return late;
  }

  /** How many pairs of writes came too soon while answers were lost or workers replaced. */
  public long excused() {
    return excused;
  }

  /** The longest time that an older value which landed late stayed. */
  public Duration longestRepair() {
    return longestRepair;
  }
}
