/**
 * The API described for programs: an OpenAPI 3.1 document made from the resources that are served.
 *
 * <p>Entry type: {@link dev.forebay.api.openapi.ApiDocument}, made once at start and immutable.
 * What the routes do is {@code http}'s business; this package says it in OpenAPI's words, and a
 * test compares the two. Must not depend on HTTP.
 */
@NullMarked
package dev.forebay.api.openapi;

import org.jspecify.annotations.NullMarked;
