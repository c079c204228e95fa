/** Tests of the one order. */
@NullMarked
package org.maftia.core.ordering;

import org.jspecify.annotations.NullMarked;
