package dev.forebay.worker.verify;

/** Told how far a verification has come; on the verifying thread. */
public interface VerifyProgress {

  /** Nobody watches. */
  VerifyProgress NONE = (what, done) -> {};

  /**
   * Something was looked at.
   *
   * @param what "keys of article in KV"
   * @param done how many of them so far
   */
  void at(String what, long done);
}
