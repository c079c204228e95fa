/**
 * A small register of keys and values: linearizable, as everything on the log is. For tests that check histories, for
 * benchmarks, and as the shortest example of a service.
 */
@NullMarked
package org.maftia.services.register;

import org.jspecify.annotations.NullMarked;
