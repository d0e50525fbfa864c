/**
 * The command {@code forebay}: one verb for each thing a process can be or a person may ask.
 *
 * <p>Entry type: {@link dev.forebay.ops.Forebay}. A verb reads its flags and the environment,
 * starts what the packages below hold, prints, and ends with one of {@link
 * dev.forebay.ops.ExitCode}'s codes. One thread each; nothing here decides anything about
 * documents.
 */
@NullMarked
package dev.forebay.ops;

import org.jspecify.annotations.NullMarked;
