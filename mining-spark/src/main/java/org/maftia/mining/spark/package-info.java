/**
 * Counts alarms with Apache Spark, for what outgrows one machine.
 *
 * <p>Guarantee: the same {@link org.maftia.server.sensor.AlarmCount} as the engine {@code java} gives, to the byte, however
 * the work was cut and on how many machines it was done; or an error and nothing else.
 *
 * <p>How: the driver cuts the inputs into parts, each task counts some of them in one table, with the same parsers and
 * limits, and the tables are merged in a tree. They form a commutative monoid, so Spark may merge in any order. Types
 * are mined in the driver: one table has room for a million kinds of alarms, whoever counted them.
 */
@NullMarked
package org.maftia.mining.spark;

import org.jspecify.annotations.NullMarked;
