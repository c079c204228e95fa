/** Tests of this package. */
@NullMarked
package org.maftia.services.detection.coverage;

import org.jspecify.annotations.NullMarked;
