/** What tests of several services share. */
@NullMarked
package org.maftia.services.testing;

import org.jspecify.annotations.NullMarked;
