package dev.forebay.api.token;

import dev.forebay.model.DocumentKey;
import dev.forebay.model.Instance;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * Issues and reads consistency tokens: what one client must see, signed, for a few minutes.
 *
 * <p>A token that is broken, forged, too long, expired or of another history of the database
 * demands nothing: it is as if the client had none. Of those that a request bears the first four
 * are looked at.
 *
 * <p>Immutable; safe for any thread.
 */
public final class Tokens {

  /** The header that bears a token, in requests and replies. */
  public static final String HEADER = "Forebay-Token";

  /** The cookie that bears it for browsers. */
  public static final String COOKIE = "forebay_token";

  private static final int MAX_TOKENS = 4;

  private final TokenConfig config;
  private final Instance instance;
  private final InstantSource clock;
  private final TokenCodec codec;

  /**
   * @param instance whose prefix stands before keys in KV; keys are given here with or without it
   * @param clock tells when a token was issued and whether it has expired
   */
  public Tokens(TokenConfig config, Instance instance, InstantSource clock) {
    this.config = config;
    this.instance = instance;
    this.clock = clock;
    this.codec = new TokenCodec(new Secrets(config.secrets()), clock);
  }

  /**
   * Returns a token of at most 4,096 characters that demands what the carried ones do and what was
   * touched. It is kept within bounds by demanding more, never less.
   *
   * @param carried values of the request's headers and cookies as they came: each may hold several
   *     tokens with commas between, and anything else
   * @param touched by a transaction that has been committed
   * @param history of the database now
   * @throws IllegalArgumentException if the history's id has other characters than {@code
   *     A-Za-z0-9._-}, or not 1 to 100
   */
  public String issue(List<String> carried, Touched touched, String history) {
    long expires = clock.instant().plus(config.life()).getEpochSecond();
    Payload added = new Payload(history, expires, entries(touched));
    List<Payload> all = Stream.concat(Stream.of(added), read(carried, history).stream()).toList();
    return codec.write(Bounds.bound(Payload.merge(all)));
  }

  /**
   * Returns an earlier token once more, together with what its client carries by now.
   *
   * @param carried as for {@link #issue}
   * @return empty if it is good no longer
   */
  public Optional<String> again(String earlier, List<String> carried) {
    return codec
        .read(earlier)
        .map(first -> {
          List<Payload> all = new ArrayList<>(List.of(first));
          all.addAll(read(carried, first.history()));
          return codec.write(Bounds.bound(Payload.merge(all)));
        });
  }

  private SortedMap<String, SortedMap<String, Requirement>> entries(Touched touched) {
    SortedMap<String, SortedMap<String, Requirement>> entries = new TreeMap<>();
    Requirement visible = Requirement.of(touched.xid());
    touched
        .documents()
        .forEach(
            (model, keys) -> keys.forEach(key -> Payload.add(entries, model, id(key), visible)));
    touched.models().forEach(model -> Payload.add(entries, model, Payload.ALL, visible));
    return entries;
  }

  /**
   * Returns what the carried tokens demand of a document.
   *
   * @param carried as for {@link #issue}
   * @param history of the database now
   * @return empty if they demand nothing: any version will do
   */
  public Optional<Requirement> requirement(List<String> carried, DocumentKey key, String history) {
    List<Payload> all = read(carried, history);
    return all.isEmpty()
        ? Optional.empty()
        : Payload.merge(all).requirement(key.model(), id(key.kvKey()));
  }

  /** Of other histories nothing is known: their transactions must not be compared with ours. */
  private List<Payload> read(List<String> carried, String history) {
    List<Payload> read = new ArrayList<>();
    int looked = 0;
    for (String value : carried) {
      for (String part : value.split(",", -1)) {
        String text = part.strip();
        if (text.isEmpty()) {
          continue;
        }
        if (looked == MAX_TOKENS) {
          return read;
        }
        looked++;
        codec.read(text).filter(one -> one.history().equals(history)).ifPresent(read::add);
      }
    }
    return read;
  }

  private String id(String kvKey) {
    return Payload.id(instance.keyPrefix() + instance.unprefixed(kvKey));
  }
}
