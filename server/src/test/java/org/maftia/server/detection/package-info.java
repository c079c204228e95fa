/** Tests of what the shell does with filters. */
@NullMarked
package org.maftia.server.detection;

import org.jspecify.annotations.NullMarked;
