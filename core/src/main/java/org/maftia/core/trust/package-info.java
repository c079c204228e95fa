/** Who may be corrupted together, and what follows: fault structures, quorums, kernels, sharing formulas, planning. */
@NullMarked
package org.maftia.core.trust;

import org.jspecify.annotations.NullMarked;
