@NullMarked
package org.maftia.bench.endurance;

import org.jspecify.annotations.NullMarked;
