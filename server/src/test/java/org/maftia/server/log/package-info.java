@NullMarked
package org.maftia.server.log;

import org.jspecify.annotations.NullMarked;
