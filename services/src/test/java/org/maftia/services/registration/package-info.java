/** Tests of the registration of documents. */
@NullMarked
package org.maftia.services.registration;

import org.jspecify.annotations.NullMarked;
