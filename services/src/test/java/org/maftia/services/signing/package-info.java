/** Tests of signatures under policies. */
@NullMarked
package org.maftia.services.signing;

import org.jspecify.annotations.NullMarked;
