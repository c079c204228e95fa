@NullMarked
package org.maftia.services.x509;

import org.jspecify.annotations.NullMarked;
