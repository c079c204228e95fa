@NullMarked
package org.maftia.server.exchange;

import org.jspecify.annotations.NullMarked;
