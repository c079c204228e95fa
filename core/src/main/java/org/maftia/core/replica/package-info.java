/** A service on the ordered log: execution, sessions, checkpoints, state transfer, threshold signing. */
@NullMarked
package org.maftia.core.replica;

import org.jspecify.annotations.NullMarked;
