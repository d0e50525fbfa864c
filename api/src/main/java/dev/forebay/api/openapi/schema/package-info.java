/**
 * What JSON Schema says of the API's bodies: columns, rows, operations, problems.
 *
 * <p>Entry types: {@link dev.forebay.api.openapi.schema.ResourceSchemas} and {@link
 * dev.forebay.api.openapi.schema.Problems}, which declare themselves among a document's components.
 * Made anew for each document, by one thread. Must know nothing of paths and methods.
 */
@NullMarked
package dev.forebay.api.openapi.schema;

import org.jspecify.annotations.NullMarked;
