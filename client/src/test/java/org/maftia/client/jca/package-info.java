/** Tests of the provider. */
@NullMarked
package org.maftia.client.jca;

import org.jspecify.annotations.NullMarked;
