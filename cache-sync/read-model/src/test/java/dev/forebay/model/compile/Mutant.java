package dev.forebay.model.compile;

/** Bugs that are planted on purpose: a proof that misses one of them is none. */
enum Mutant {
  /** Nothing is planted. */
  NONE,
  /** Routes by the new image alone. */
  FORGET_BEFORE_IMAGE,
  /** Routes with a model that lacks its last include. */
  FORGET_ONE_PATH,
  /** Takes no notice of tables between two others. */
  IGNORE_THROUGH_TABLE,
  /** Takes no notice of an update that changes no link and no key. */
  IGNORE_FILTER_COLUMN,
  /** Lets a document's own filter prune what is dirty. */
  PRUNE_BY_FILTER,
  /** Takes no notice of rows that come into being under a limit. */
  FORGET_TOP_N_ENTRY,
  /** Leaves the primary key out of an array's order. */
  LEAVE_OUT_TIE_BREAK,
  /** Routes in a snapshot that does not see the changes yet. */
  ROUTE_TOO_EARLY,
  /** Names only the document of after when a row moves from one to the other. */
  FORGET_THE_OLD_PARENT,
  /** Takes a moved key for a new document and leaves the old one. */
  KEEP_THE_OLD_KEY
}
