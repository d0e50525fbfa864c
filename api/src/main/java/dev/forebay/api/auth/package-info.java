/**
 * Who may call the API: principals, the API keys that prove them, and a count of failures.
 *
 * <p>Entry type: {@link dev.forebay.api.auth.ApiKeys}; the other proof is {@link
 * dev.forebay.api.auth.jwt}. Safe for any thread; every call of {@code ApiKeys} but {@code
 * findTrusted} may block on PostgreSQL. Must not depend on HTTP: it is given what a client
 * presented, as text.
 */
@NullMarked
package dev.forebay.api.auth;

import org.jspecify.annotations.NullMarked;
