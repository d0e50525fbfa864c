/**
 * The API's description as routes: {@code /openapi.json} for programs, {@code /docs} for people.
 *
 * <p>Entry type: {@link dev.forebay.api.docs.DocsRoutes}. Immutable; never asks the database. Must
 * know nothing of rows: what is described is {@code openapi}'s business.
 */
@NullMarked
package dev.forebay.api.docs;

import org.jspecify.annotations.NullMarked;
