/** Tests of the benchmark, to the alarm. */
@NullMarked
package org.maftia.services.detection.benchmark;

import org.jspecify.annotations.NullMarked;
