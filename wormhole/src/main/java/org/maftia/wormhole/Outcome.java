package org.maftia.wormhole;

import org.maftia.wormhole.certificate.OutcomeCertificate;

/** Where a block agreement stands, as one component knows it. */
public sealed interface Outcome {
    /** It is over; every component that answers says the same. */
    record Decided(OutcomeCertificate certificate) implements Outcome {}

    /** It is not over yet. */
    record Pending() implements Outcome {}

    /** Its time has passed and this component has not decided; later it may, and then as all others. */
    record FailedTimely() implements Outcome {}

    /** This component knows of no such agreement, or it is longer ago than outcomes are kept. */
    record Unknown() implements Outcome {}
}
