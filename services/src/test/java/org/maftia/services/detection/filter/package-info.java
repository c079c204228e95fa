/** Tests of filters. */
@NullMarked
package org.maftia.services.detection.filter;

import org.jspecify.annotations.NullMarked;
