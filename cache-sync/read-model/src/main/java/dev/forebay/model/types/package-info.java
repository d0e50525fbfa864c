/**
 * Documents as TypeScript sees them, so that a Pages Function that reads a member which no model
 * has does not compile.
 *
 * <p>Entry types: {@link dev.forebay.model.types.TypeScriptTypes} for the whole module, {@link
 * dev.forebay.model.types.DocumentType} for one model. Pure functions to text, safe for any thread.
 * Must not ask the database.
 */
@NullMarked
package dev.forebay.model.types;

import org.jspecify.annotations.NullMarked;
