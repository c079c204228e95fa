@NullMarked
package org.maftia.server.gateway;

import org.jspecify.annotations.NullMarked;
