/**
 * forebay.yaml as it was written: words, values and the line of each, and nothing of any database.
 *
 * <p>Entry type: {@link dev.forebay.model.file.ForebayFileReader}, which turns a file into a {@link
 * dev.forebay.model.file.ForebayFile} and puts everything it does not understand into {@link
 * dev.forebay.model.file.Problems}. Records are immutable; a {@code Problems} belongs to one
 * thread. Must not depend on JDBC.
 */
@NullMarked
package dev.forebay.model.file;

import org.jspecify.annotations.NullMarked;
