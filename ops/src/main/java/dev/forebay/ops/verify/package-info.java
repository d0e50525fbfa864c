/** {@code forebay verify}: has KV compared with PostgreSQL, and says what is wrong. */
@NullMarked
package dev.forebay.ops.verify;

import org.jspecify.annotations.NullMarked;
