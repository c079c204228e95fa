package org.maftia.wormhole;

/** Why the number of an epoch is never used twice. */
public enum EpochSource {
    /** The group gives it, through its log, to the fresh key of this start; a number alone binds nothing. */
    GROUP,
    /** A counter of a TPM that goes up once a start. */
    TPM,
    /** The component keeps one epoch for its whole life. */
    PERSISTENT,
    /** A simulation counts the starts. */
    SEED
}
