package dev.forebay.kv.emulator;

import dev.forebay.kv.KvLimits;
import java.time.Instant;
import okio.ByteString;
import okio.Utf8;
import org.jspecify.annotations.Nullable;

/** The limits of keys, values, metadata and expirations as the server checks them. */
final class Values {

  private Values() {}

  static String key(String key) {
    if (key.isEmpty() || key.equals(".") || key.equals("..")) {
      throw ApiError.invalid("illegal key name \"" + key + "\"");
    }
    long bytes = Utf8.size(key);
    if (bytes > KvLimits.KEY_BYTES) {
      throw new ApiError(
          414,
          10001,
          "UTF-8 encoded length of %d exceeds key length limit of %d"
              .formatted(bytes, KvLimits.KEY_BYTES));
    }
    return key;
  }

  static StoredValue value(
      String key, ByteString value, @Nullable String metadata, @Nullable Instant expiration) {
    if (value.size() > KvLimits.VALUE_BYTES) {
      throw new ApiError(413, 10001, "value of \"" + key + "\" exceeds the limit of 25 MiB");
    }
    if (metadata != null && Utf8.size(metadata) > KvLimits.METADATA_BYTES) {
      throw new ApiError(413, 10001, "metadata of \"" + key + "\" exceeds the limit of 1024");
    }
    return new StoredValue(value, metadata, expiration);
  }

  static ByteString decodeBase64(String key, String text) {
    ByteString bytes = ByteString.decodeBase64(text);
    if (bytes == null) {
      throw ApiError.invalid("value of \"" + key + "\" is not base64");
    }
    return bytes;
  }

  /** A time to live wins over a time. */
  static @Nullable Instant expiration(@Nullable Long epoch, @Nullable Long ttl, Instant now) {
    long least = KvLimits.LEAST_TTL.toSeconds();
    long seconds = now.getEpochSecond();
    if (ttl != null) {
      if (ttl < least) {
        throw ApiError.invalid("invalid expiration_ttl of %d: at least %d".formatted(ttl, least));
      }
      return Instant.ofEpochSecond(seconds + ttl);
    }
    if (epoch != null && epoch < seconds + least) {
      throw ApiError.invalid(
          "invalid expiration of %d: at least %d seconds in the future".formatted(epoch, least));
    }
    return epoch == null ? null : Instant.ofEpochSecond(epoch);
  }
}
