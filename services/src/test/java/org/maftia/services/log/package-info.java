/** Tests of the transparency log. */
@NullMarked
package org.maftia.services.log;

import org.jspecify.annotations.NullMarked;
