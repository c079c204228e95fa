/** Tests of the beacon. */
@NullMarked
package org.maftia.services.beacon;

import org.jspecify.annotations.NullMarked;
