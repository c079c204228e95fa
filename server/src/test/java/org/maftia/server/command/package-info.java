/** Tests of this package. */
@NullMarked
package org.maftia.server.command;

import org.jspecify.annotations.NullMarked;
