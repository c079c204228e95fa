/** The canonical codec: fixed-width big-endian numbers, length-prefixed vectors with declared maxima, one encoding for each value. */
@NullMarked
package org.maftia.core.wire;

import org.jspecify.annotations.NullMarked;
