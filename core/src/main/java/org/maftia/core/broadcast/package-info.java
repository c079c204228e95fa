/** Broadcast to a group of which a fault set lies. */
@NullMarked
package org.maftia.core.broadcast;

import org.jspecify.annotations.NullMarked;
