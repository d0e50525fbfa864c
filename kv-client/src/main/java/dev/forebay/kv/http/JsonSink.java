package dev.forebay.kv.http;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import okio.BufferedSink;
import org.jspecify.annotations.Nullable;

/**
 * Writes JSON without building it first, or only counts its bytes. Belongs to one thread.
 *
 * <p>The length counted is the length written, for text without lone surrogates. Counting does not
 * encode, which for anything but ASCII is the greater part of the work.
 */
final class JsonSink {

  /** For each byte of UTF-8 how many bytes its escape adds: 1 for a short one, 5 for a long one. */
  private static final byte[] EXTRA = new byte[256];

  /** For each byte of UTF-8 what stands behind the backslash; itself where there is none. */
  private static final byte[] SHOWN = new byte[256];

  private static final int SHORT = 1;
  private static final int LONG = 5;
  private static final byte[] HEX = "0123456789abcdef".getBytes(US_ASCII);
  private static final byte[] QUOTE = {'"'};

  /** Bytes of an escaped control character. */
  private static final int LONGEST_ESCAPE = 6;

  static {
    for (int b = 0; b < SHOWN.length; b++) {
      SHOWN[b] = (byte) (b < 0x20 ? 'u' : b);
      EXTRA[b] = (byte) (b < 0x20 ? LONG : 0);
    }
    shorten('"', '"');
    shorten('\\', '\\');
    shorten('\n', 'n');
    shorten('\r', 'r');
    shorten('\t', 't');
  }

  private final @Nullable BufferedSink sink;
  private final byte[] buffer;
  private int used;
  private long written;

  private JsonSink(@Nullable BufferedSink sink, byte[] buffer) {
    this.sink = sink;
    this.buffer = buffer;
  }

  /** Counts and forgets. */
  static JsonSink counting() {
    return new JsonSink(null, new byte[0]);
  }

  /** Writes; call {@link #flush} at the end. */
  static JsonSink to(BufferedSink sink) {
    return new JsonSink(sink, new byte[8192]);
  }

  /** Bytes so far. */
  long bytes() {
    return written + used;
  }

  /** Text that is JSON already. */
  void raw(String json) throws IOException {
    raw(json.getBytes(UTF_8));
  }

  /** UTF-8 that is JSON already. */
  void raw(byte[] json) throws IOException {
    put(json, 0, json.length);
  }

  /** A string with its quotes. */
  void string(String text) throws IOException {
    if (sink == null) {
      written += length(text);
      return;
    }
    byte[] utf8 = text.getBytes(UTF_8);
    put(QUOTE, 0, 1);
    for (int from = 0, to; from < utf8.length; from = to) {
      if (used > buffer.length / 2) {
        flush();
      }
      to = Math.min(utf8.length, from + (buffer.length - used) / LONGEST_ESCAPE);
      used = escape(utf8, from, to, buffer, used);
    }
    put(QUOTE, 0, 1);
  }

  void flush() throws IOException {
    if (sink != null && used > 0) {
      sink.write(buffer, 0, used);
      written += used;
      used = 0;
    }
  }

  private static long length(String text) {
    long length = text.length() + 2L;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c < 0x80) {
        length += EXTRA[c];
      } else {
        // Two surrogates make four bytes.
        length += c < 0x800 || Character.isSurrogate(c) ? 1 : 2;
      }
    }
    return length;
  }

  private static void shorten(int b, int shown) {
    EXTRA[b] = SHORT;
    SHOWN[b] = (byte) shown;
  }

  /**
   * Copies into {@code out}, which has room for the worst; returns where it ends. Documents are
   * full of quotes, which no processor foresees: so a backslash is written before every byte, and
   * written over where it is not wanted.
   */
  private static int escape(byte[] utf8, int from, int to, byte[] out, int at) {
    for (int i = from; i < to; i++) {
      int b = utf8[i] & 0xff;
      int extra = EXTRA[b];
      out[at] = '\\';
      at += extra & SHORT;
      out[at++] = SHOWN[b];
      if (extra == LONG) {
        out[at++] = '0';
        out[at++] = '0';
        out[at++] = HEX[b >> 4];
        out[at++] = HEX[b & 0xf];
      }
    }
    return at;
  }

  private void put(byte[] bytes, int from, int to) throws IOException {
    int length = to - from;
    if (sink == null) {
      written += length;
      return;
    }
    if (length > buffer.length - used) {
      flush();
    }
    if (length > buffer.length) {
      sink.write(bytes, from, length);
      written += length;
    } else {
      System.arraycopy(bytes, from, buffer, used, length);
      used += length;
    }
  }
}
