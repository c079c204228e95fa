/** Tests of JOSE. */
@NullMarked
package org.maftia.services.jose;

import org.jspecify.annotations.NullMarked;
