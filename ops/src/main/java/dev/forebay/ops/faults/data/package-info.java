/**
 * The data that change while everything fails: of a user, or of package {@code shop}, and writers
 * for both.
 *
 * <p>Entry types: {@link dev.forebay.ops.faults.data.DataSet} and {@link
 * dev.forebay.ops.faults.data.Writers}. Writers have threads and connections of their own and go
 * round every fault of the network; what they do is chosen by a seed.
 */
@NullMarked
package dev.forebay.ops.faults.data;

import org.jspecify.annotations.NullMarked;
