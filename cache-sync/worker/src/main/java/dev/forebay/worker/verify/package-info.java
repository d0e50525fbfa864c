/**
 * Whether KV is what PostgreSQL says. It looks and reports, and asks the ledger for repairs: the
 * worker makes them, as it makes every write. It may know KV, the ledger and the read models, and
 * nothing of the pipeline.
 */
@NullMarked
package dev.forebay.worker.verify;

import org.jspecify.annotations.NullMarked;
