/**
 * How documents stay true: capture → route → dirty → build → publish → acknowledge, each a package
 * of its own, put together here.
 *
 * <p>Entry type: {@link dev.forebay.worker.Leadership}, which stands by until it may lead and then
 * runs a {@link dev.forebay.worker.SyncWorker}, the composition root of the stages. Each stage runs
 * on threads of its own; they meet only in bounded queues and in the dirty documents. The worker
 * knows no HTTP API and no command line.
 */
@NullMarked
package dev.forebay.worker;

import org.jspecify.annotations.NullMarked;
