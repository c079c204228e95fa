/** Tests of this package. */
@NullMarked
package org.maftia.services.allowance;

import org.jspecify.annotations.NullMarked;
