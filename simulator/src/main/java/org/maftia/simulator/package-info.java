/** Runs a whole group deterministically from a seed, with adversaries, faults and checkers. */
@NullMarked
package org.maftia.simulator;

import org.jspecify.annotations.NullMarked;
