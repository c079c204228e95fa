package org.maftia.wormhole;

/** What the block agreements of a component may be believed to give; it depends on the way between the components. */
public enum Agreement {
    /** There are none. */
    NONE,
    /** Hosts carry the messages: always right, and over while a quorum of components is heard. */
    PARTIAL,
    /** No payload host touches the way: over in time, whoever else is corrupt. */
    SYNC
}
