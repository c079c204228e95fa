/** Tests of core as a whole: its architecture, and the tidiness of all sources. */
@NullMarked
package org.maftia.core;

import org.jspecify.annotations.NullMarked;
