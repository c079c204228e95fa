/** The kernel in which protocols run as pure state machines: ports, paths, nodes, effects, limits. */
@NullMarked
package org.maftia.core.protocol;

import org.jspecify.annotations.NullMarked;
