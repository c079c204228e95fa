/**
 * A cluster on one machine: its directory, its processes, what they say of themselves.
 *
 * <p>The directory D holds {@code group.toml}, {@code ceremony/}, and for each replica {@code rN/keys}, {@code rN/data}
 * (may get lost), {@code rN/log}, and {@code rN/pid} while it runs. {@code endpoints.json} stands there exactly while the
 * cluster is up.
 */
@NullMarked
package org.maftia.server.cluster;

import org.jspecify.annotations.NullMarked;
