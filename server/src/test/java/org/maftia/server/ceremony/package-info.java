@NullMarked
package org.maftia.server.ceremony;

import org.jspecify.annotations.NullMarked;
