/**
 * What operators see: the log of a replica, with one typed method for each event, and the terminal of {@code maftia up}.
 */
@NullMarked
package org.maftia.server.console;

import org.jspecify.annotations.NullMarked;
