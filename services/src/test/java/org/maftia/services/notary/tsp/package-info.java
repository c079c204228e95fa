@NullMarked
package org.maftia.services.notary.tsp;

import org.jspecify.annotations.NullMarked;
