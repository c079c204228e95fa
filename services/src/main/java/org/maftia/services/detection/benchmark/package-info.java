/**
 * What filters would have done: clusters are mined from the first days of a labelled record of alarms, and judged by the
 * days after, which the miner has not seen.
 */
@NullMarked
package org.maftia.services.detection.benchmark;

import org.jspecify.annotations.NullMarked;
