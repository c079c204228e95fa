/**
 * The configuration of a group: the file {@code group.toml}, read into records.
 *
 * <p>Nothing is guessed. A key that nobody knows is an error, a value of the wrong kind is one, and every error names the
 * file, the line and what would cure it. Each key can be set from the command line by its dotted name, such as {@code
 * --set notary.policy=1.2.3}, or {@code --set replica.r1.http=8080} for a replica.
 */
@NullMarked
package org.maftia.server.configuration;

import org.jspecify.annotations.NullMarked;
