package dev.forebay.kv.emulator;

import java.time.InstantSource;
import java.util.List;

/**
 * What an emulator holds when it starts.
 *
 * @param port 0 for any free one
 * @param edges how the places of the world see its namespaces
 * @param clock the time for limits, expirations, caches and late writes
 */
public record EmulatorConfig(
    int port,
    List<Account> accounts,
    EmulatorLimits limits,
    EdgeConfig edges,
    InstantSource clock) {

  /** What a token may do with its account's KV. */
  public enum Access {
    NONE,
    READ,
    WRITE
  }

  /**
   * An API token.
   *
   * @param ownedByAccount whether it is verified at the account instead of the user
   */
  public record Token(String text, Access access, boolean ownedByAccount) {}

  /**
   * An account with its namespaces and tokens.
   *
   * @param namespaces ids, which are their titles too
   */
  public record Account(String id, List<String> namespaces, List<Token> tokens) {
    public Account {
      namespaces = List.copyOf(namespaces);
      tokens = List.copyOf(tokens);
    }
  }

  public EmulatorConfig {
    accounts = List.copyOf(accounts);
  }

  /**
   * One account {@code emulator} with one namespace and one token that may write, the limits of a
   * paid plan, three edges with a cache of 60 s, the system's clock.
   */
  public static EmulatorConfig of(int port, String namespace, String token) {
    Token writer = new Token(token, Access.WRITE, false);
    return new EmulatorConfig(
        port,
        List.of(new Account("emulator", List.of(namespace), List.of(writer))),
        EmulatorLimits.paid(),
        EdgeConfig.DEFAULT,
        InstantSource.system());
  }

  /** The same with other limits. */
  public EmulatorConfig withLimits(EmulatorLimits other) {
    return new EmulatorConfig(port, accounts, other, edges, clock);
  }

  /** The same with another clock. */
  public EmulatorConfig withClock(InstantSource other) {
    return new EmulatorConfig(port, accounts, limits, edges, other);
  }

  /** The same with other accounts. */
  public EmulatorConfig withAccounts(List<Account> other) {
    return new EmulatorConfig(port, other, limits, edges, clock);
  }

  /** The same, seen otherwise from the places of the world. */
  public EmulatorConfig withEdges(EdgeConfig other) {
    return new EmulatorConfig(port, accounts, limits, other, clock);
  }
}
