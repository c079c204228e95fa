/**
 * Measures whole clusters: real processes on loopback, clients with verified certificates, votes on the disk before they
 * leave.
 *
 * <p>{@link org.maftia.bench.cluster.ClusterBenchmark} starts the built program, puts the load of {@code maftia bench} on
 * it in several rounds, and prints the median of each row. A second system can be measured beside it: the benchmark
 * client and server that come with BFT-SMaRt, unmodified, from a folder that the user built. Rows of the two alternate,
 * so that whatever else the machine does hits both; the ratio of two medians is the result, not either alone.
 *
 * <pre>
 * bin/benchmark cluster --clients 1,80 --payload 0,1024 --rounds 3
 * bin/benchmark cluster --peer DIR     # DIR holds lib/*.jar and config/ of the peer
 * bin/benchmark cluster --tokens       # time-stamps a second, against what RSA shares allow
 * </pre>
 */
@NullMarked
package org.maftia.bench.cluster;

import org.jspecify.annotations.NullMarked;
