/** Tests of this package. */
@NullMarked
package org.maftia.server.host;

import org.jspecify.annotations.NullMarked;
