/** Agreement on one value among replicas of which a fault set lies. */
@NullMarked
package org.maftia.core.agreement;

import org.jspecify.annotations.NullMarked;
