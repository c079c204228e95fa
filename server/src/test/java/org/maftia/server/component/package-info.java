@NullMarked
package org.maftia.server.component;

import org.jspecify.annotations.NullMarked;
