@NullMarked
package org.maftia.server.notarize;

import org.jspecify.annotations.NullMarked;
