package dev.forebay.worker.simulation;

/** Bugs that are planted on purpose: a simulation that misses one of them proves nothing. */
enum Bug {
  /** Nothing is planted. */
  NONE,
  /** The slot moves past what KV has not taken. */
  ACKNOWLEDGE_BEFORE_STORE,
  /** The slot moves past what is not routed yet, for the newest event of a transaction. */
  DROP_THE_LAST_EVENT,
  /** Events are routed in a snapshot that does not see them. */
  ROUTE_BEFORE_VISIBLE,
  /** Keys that KV did not accept count as stored. */
  IGNORE_UNSUCCESSFUL_KEYS,
  /** Calls are made without an intent. */
  NO_INTENT,
  /** A call that could not be closed leaves no intent, though the process lives on. */
  FORGET_AN_ABANDONED_CALL,
  /** A key whose call had no answer is not asserted again. */
  NO_REASSERTION,
  /** An open intent counts as the settled state. */
  TRUST_AN_OPEN_INTENT,
  /** A new process forgets the intents that the old one left open. */
  FORGET_OPEN_INTENTS_AT_START
}
