/**
 * What an operator sets from outside: environment variables, read once into typed records.
 *
 * <p>Entry type: {@link dev.forebay.ops.config.Environment}, made into an {@link
 * dev.forebay.ops.config.ApiSettings} or a {@link dev.forebay.ops.config.SyncSettings}. Reading
 * collects every problem before it fails, and no problem holds a secret. Immutable; no other
 * package reads the environment. This package opens no file and no connection.
 */
@NullMarked
package dev.forebay.ops.config;

import org.jspecify.annotations.NullMarked;
