/** Tests of fair exchange. */
@NullMarked
package org.maftia.services.exchange;

import org.jspecify.annotations.NullMarked;
