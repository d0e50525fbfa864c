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

  /** For each byte of UTF-8 the character of its short escape, 'u' for a long one, 0 for none. */
  private static final byte[] ESCAPE = new byte[256];

  private static final byte[] HEX = "0123456789abcdef".getBytes(US_ASCII);
  private static final byte[] QUOTE = {'"'};
  private static final byte[] UNICODE = "\\u00".getBytes(US_ASCII);

  /** For each character of a short escape the two bytes of it. */
  private static final byte[][] SHORT = new byte[128][];

  static {
    for (int control = 0; control < 0x20; control++) {
      ESCAPE[control] = 'u';
    }
    ESCAPE['"'] = '"';
    ESCAPE['\\'] = '\\';
    ESCAPE['\n'] = 'n';
    ESCAPE['\r'] = 'r';
    ESCAPE['\t'] = 't';
    for (byte escape : new byte[] {'"', '\\', 'n', 'r', 't'}) {
      SHORT[escape] = new byte[] {'\\', escape};
    }
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
    int from = 0;
    for (int i = 0; i < utf8.length; i++) {
      byte escape = ESCAPE[utf8[i] & 0xff];
      if (escape != 0) {
        put(utf8, from, i);
        escape(utf8[i], escape);
        from = i + 1;
      }
    }
    put(utf8, from, utf8.length);
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
        byte escape = ESCAPE[c];
        length += escape == 0 ? 0 : escape == 'u' ? 5 : 1;
      } else {
        // Two surrogates make four bytes.
        length += c < 0x800 || Character.isSurrogate(c) ? 1 : 2;
      }
    }
    return length;
  }

  private void escape(byte b, byte escape) throws IOException {
    if (escape == 'u') {
      put(UNICODE, 0, UNICODE.length);
      put(HEX, b >> 4, (b >> 4) + 1);
      put(HEX, b & 0xf, (b & 0xf) + 1);
    } else {
      put(SHORT[escape], 0, 2);
    }
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
