/** Tests of the back ends. */
@NullMarked
package org.maftia.server.crypto;

import org.jspecify.annotations.NullMarked;
