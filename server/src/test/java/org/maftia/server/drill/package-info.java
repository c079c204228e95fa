/** Tests of this package. */
@NullMarked
package org.maftia.server.drill;

import org.jspecify.annotations.NullMarked;
