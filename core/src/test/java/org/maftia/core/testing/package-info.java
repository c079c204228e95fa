/** What tests of several modules share. */
@NullMarked
package org.maftia.core.testing;

import org.jspecify.annotations.NullMarked;
