/**
 * The transparency log at one replica: all entries and hashes on its disk, its signatures of heads, and what readers get.
 */
@NullMarked
package org.maftia.server.log;

import org.jspecify.annotations.NullMarked;
