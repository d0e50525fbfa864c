/**
 * Compiles forebay.yaml against a database: checks every name, expression, relation and replica
 * identity, and makes the read models and the router that the rest of the house uses.
 *
 * <p>Entry type: {@link dev.forebay.model.compile.ModelCompiler}. What it returns is immutable and
 * safe for any thread; compiling is confined to one. Must not know where changes come from or
 * documents go to.
 */
@NullMarked
package dev.forebay.model.compile;

import org.jspecify.annotations.NullMarked;
