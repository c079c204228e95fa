/** Tests of alarms, tables and the miner. */
@NullMarked
package org.maftia.services.detection;

import org.jspecify.annotations.NullMarked;
