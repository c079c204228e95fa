/** What reading and mining alarms costs. */
@NullMarked
package org.maftia.bench.detection;

import org.jspecify.annotations.NullMarked;
