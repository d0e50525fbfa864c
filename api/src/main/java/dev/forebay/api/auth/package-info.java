/**
 * Who may call the API: principals and the keys that prove them.
 *
 * <p>Entry type: {@link dev.forebay.api.auth.ApiKeys}. Safe for any thread; every call may block on
 * PostgreSQL. Must not depend on HTTP: it is given what a client presented, as text.
 */
@NullMarked
package dev.forebay.api.auth;

import org.jspecify.annotations.NullMarked;
