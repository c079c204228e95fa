/** What {@code maftia simulate} runs in the simulator: the production replica with the services of this program. */
@NullMarked
package org.maftia.server.simulate;

import org.jspecify.annotations.NullMarked;
