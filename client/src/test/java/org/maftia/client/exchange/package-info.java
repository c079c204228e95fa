/** Tests of the parties' side of fair exchange. */
@NullMarked
package org.maftia.client.exchange;

import org.jspecify.annotations.NullMarked;
