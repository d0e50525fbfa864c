package dev.forebay.kv.http;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import okio.BufferedSink;
import org.jspecify.annotations.Nullable;

/**
 * Writes JSON without building it first, or only counts its bytes. Belongs to one thread.
 *
 * <p>Counting and writing are the same code, so that a length announced is the length sent.
 */
final class JsonSink {

  /** For each byte of UTF-8 the character of its short escape, 'u' for a long one, 0 for none. */
  private static final byte[] ESCAPE = new byte[256];

  private static final byte[] HEX = "0123456789abcdef".getBytes(US_ASCII);
  private static final int WIDEST = 6;

  static {
    for (int control = 0; control < 0x20; control++) {
      ESCAPE[control] = 'u';
    }
    ESCAPE['"'] = '"';
    ESCAPE['\\'] = '\\';
    ESCAPE['\n'] = 'n';
    ESCAPE['\r'] = 'r';
    ESCAPE['\t'] = 't';
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
    byte[] bytes = json.getBytes(UTF_8);
    if (sink == null) {
      written += bytes.length;
    } else {
      flush();
      sink.write(bytes);
      written += bytes.length;
    }
  }

  /** A string with its quotes. */
  void string(String text) throws IOException {
    byte[] utf8 = text.getBytes(UTF_8);
    if (sink == null) {
      written += 2 + escapedLength(utf8);
      return;
    }
    put((byte) '"');
    for (byte b : utf8) {
      if (used + WIDEST > buffer.length) {
        flush();
      }
      escape(b);
    }
    put((byte) '"');
  }

  void flush() throws IOException {
    if (sink != null && used > 0) {
      sink.write(buffer, 0, used);
      written += used;
      used = 0;
    }
  }

  private static long escapedLength(byte[] utf8) {
    long length = utf8.length;
    for (byte b : utf8) {
      byte escape = ESCAPE[b & 0xff];
      if (escape != 0) {
        length += escape == 'u' ? WIDEST - 1 : 1;
      }
    }
    return length;
  }

  private void escape(byte b) {
    byte escape = ESCAPE[b & 0xff];
    if (escape == 0) {
      buffer[used++] = b;
      return;
    }
    buffer[used++] = '\\';
    buffer[used++] = escape;
    if (escape == 'u') {
      buffer[used++] = '0';
      buffer[used++] = '0';
      buffer[used++] = HEX[b >> 4];
      buffer[used++] = HEX[b & 0xf];
    }
  }

  private void put(byte b) throws IOException {
    if (used == buffer.length) {
      flush();
    }
    buffer[used++] = b;
  }
}
