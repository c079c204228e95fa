/** Load on a group, and what it costs: the engine behind {@code maftia bench}. */
@NullMarked
package org.maftia.client.load;

import org.jspecify.annotations.NullMarked;
