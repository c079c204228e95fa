package org.maftia.core.agreement;

/** Whether a value may be decided. */
@FunctionalInterface
public interface Validity {
    /** The same VALID or INVALID at all correct replicas, now and later. */
    Verdict judge(byte[] value);

    /** What is known about a value. */
    enum Verdict {
        VALID,
        INVALID,
        /** Something that it names is not here yet; {@link MultivaluedAgreement#recheck} tells when to ask again. */
        UNKNOWN
    }
}
