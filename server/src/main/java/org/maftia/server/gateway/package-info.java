/** Client protocols at the edge of a replica. Never trusted: a gateway can only deny. */
@NullMarked
package org.maftia.server.gateway;

import org.jspecify.annotations.NullMarked;
