package dev.forebay.worker.dirty;

import dev.forebay.model.Snapshot;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The versions of the documents that were settled lately: a change that one of them contains needs
 * no build. So a backlog in which the same documents change again and again, all of it long since
 * visible, costs one build for each. Whoever uses it holds a lock.
 */
final class SettledVersions {

  private final Map<String, Snapshot> versions;

  /**
   * @param most documents that are remembered, those settled or asked for last
   */
  SettledVersions(int most) {
    this.versions =
        new LinkedHashMap<>(16, 0.75f, true) {
          private static final long serialVersionUID = 1L;

          @Override
          protected boolean removeEldestEntry(Map.Entry<String, Snapshot> eldest) {
            return size() > most;
          }
        };
  }

  void clear() {
    versions.clear();
  }

  void settled(String kvKey, Snapshot version) {
    versions.put(kvKey, version);
  }

  /** Whether the document is known to contain what caused this. Of a request nobody can say. */
  boolean contain(String kvKey, Cause cause) {
    if (!cause.isTransaction()) {
      return false;
    }
    Snapshot version = versions.get(kvKey);
    return version != null && version.sees(cause.xid());
  }
}
