/**
 * What the trusted component costs over its socket, and how late it is woken: {@code bin/benchmark jmh
 * CertificateRate}, {@code bin/benchmark wormhole}.
 */
@NullMarked
package org.maftia.bench.wormhole;

import org.jspecify.annotations.NullMarked;
