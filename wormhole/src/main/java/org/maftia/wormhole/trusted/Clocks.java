package org.maftia.wormhole.trusted;

/** The clocks that a component is given; it reads no others. */
public interface Clocks {
    /** Never goes back, and stands still while the machine is suspended. */
    long monotonicNanos();

    /** The same, but goes on while the machine is suspended. */
    long bootNanos();

    /** The same as the first, but nobody slews it. */
    long rawNanos();

    /** Microseconds since 1970. */
    long realMicros();

    /** How far {@link #realMicros} may be from true time: what the operator's time service guarantees. */
    long realErrorMicros();
}
