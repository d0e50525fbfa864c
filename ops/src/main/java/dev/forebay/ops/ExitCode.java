package dev.forebay.ops;

import java.io.PrintWriter;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;

/** What the command tells a script. */
final class ExitCode {

  /** It did what it was asked. */
  static final int OK = 0;

  /** It failed for a reason that is no one's input: a part ended, an unexpected error. */
  static final int FAILED = 1;

  /** The command line or the set-up is wrong; the messages say where and what to do. */
  static final int INVALID = 2;

  /** {@code status}: the process does not answer, or it is not ready. */
  static final int NOT_READY = 3;

  /** {@code verify}, {@code explain}: KV is not what PostgreSQL says. */
  static final int DRIFT = 4;

  /** {@code adopt}: KV does not belong to the database, and nothing was done. */
  static final int HALTED = 5;

  private ExitCode() {}

  /** The code of a process that ran until told to stop, or until it failed, which is printed. */
  static int of(@Nullable String failure, CommandSpec spec) {
    if (failure == null) {
      return OK;
    }
    PrintWriter err = spec.commandLine().getErr();
    err.println("forebay: " + failure);
    err.flush();
    return FAILED;
  }
}
