/** Tests of the cryptography. */
@NullMarked
package org.maftia.core.crypto;

import org.jspecify.annotations.NullMarked;
