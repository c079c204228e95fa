/** What the cryptography costs, by JMH: {@code java -cp ... org.openjdk.jmh.Main org.maftia.bench.crypto}. */
@NullMarked
package org.maftia.bench.crypto;

import org.jspecify.annotations.NullMarked;
