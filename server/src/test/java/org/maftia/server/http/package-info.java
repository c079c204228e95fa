/** Tests of this package. */
@NullMarked
package org.maftia.server.http;

import org.jspecify.annotations.NullMarked;
