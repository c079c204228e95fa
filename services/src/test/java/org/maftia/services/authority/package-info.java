@NullMarked
package org.maftia.services.authority;

import org.jspecify.annotations.NullMarked;
