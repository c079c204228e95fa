/** What the shell does with clusters and filters: the benchmark's report, the file of filters, exports to sensors. */
@NullMarked
package org.maftia.server.detection;

import org.jspecify.annotations.NullMarked;
