/** Tests of this package. */
@NullMarked
package org.maftia.server.sensor;

import org.jspecify.annotations.NullMarked;
