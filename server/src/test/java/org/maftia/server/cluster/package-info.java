/** Tests of this package. */
@NullMarked
package org.maftia.server.cluster;

import org.jspecify.annotations.NullMarked;
