/** How often somebody may be asked for, counted alike at all replicas by agreed time: for services in which one could guess. */
@NullMarked
package org.maftia.services.allowance;

import org.jspecify.annotations.NullMarked;
