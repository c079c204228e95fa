/** Tests of the engine on Spark. */
@NullMarked
package org.maftia.mining.spark;

import org.jspecify.annotations.NullMarked;
