package dev.forebay.api.origin;

import dev.forebay.api.problem.ApiProblem;
import dev.forebay.api.problem.ProblemType;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** A document that is being built, for all who wait. */
final class Load {

  private static final Duration SOON = Duration.ofSeconds(1);

  private final CompletableFuture<Version> done = new CompletableFuture<>();

  /** One that is done. */
  static Load of(Version version) {
    Load load = new Load();
    load.complete(version);
    return load;
  }

  void complete(Version version) {
    done.complete(version);
  }

  void fail(Throwable fault) {
    done.completeExceptionally(fault);
  }

  /**
   * Waits for the document.
   *
   * @throws ApiProblem the one that its builder met, or 503 if that takes too long
   */
  Version await(long nanos) {
    try {
      return done.get(nanos, TimeUnit.NANOSECONDS);
    } catch (TimeoutException e) {
      throw ApiProblem.of(ProblemType.TIMED_OUT).retryAfter(SOON).causedBy(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw ApiProblem.of(ProblemType.UNAVAILABLE).retryAfter(SOON).causedBy(e);
    } catch (ExecutionException e) {
      if (e.getCause() instanceof ApiProblem problem) {
        throw problem;
      }
      throw ApiProblem.of(ProblemType.INTERNAL).causedBy(e);
    }
  }
}
