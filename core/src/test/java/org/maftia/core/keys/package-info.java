/** Tests of keys that groups make and renew by themselves. */
@NullMarked
package org.maftia.core.keys;

import org.jspecify.annotations.NullMarked;
