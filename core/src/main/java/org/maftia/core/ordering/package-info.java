/** One order of requests for the whole group. */
@NullMarked
package org.maftia.core.ordering;

import org.jspecify.annotations.NullMarked;
