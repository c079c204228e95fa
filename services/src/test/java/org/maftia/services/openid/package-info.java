@NullMarked
package org.maftia.services.openid;

import org.jspecify.annotations.NullMarked;
