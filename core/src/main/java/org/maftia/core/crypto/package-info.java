/** Threshold cryptography over sharing formulas, signature vectors, hashing. Pure: randomness and heavy work come from outside. */
@NullMarked
package org.maftia.core.crypto;

import org.jspecify.annotations.NullMarked;
