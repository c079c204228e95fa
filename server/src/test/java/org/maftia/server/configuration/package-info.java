/** Tests of this package. */
@NullMarked
package org.maftia.server.configuration;

import org.jspecify.annotations.NullMarked;
