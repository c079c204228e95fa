package org.maftia.server.component;

/** Who sits where in the configurations of a group. Any thread may ask. */
public interface Seating {
    /** The index of this replica in the configuration of this number; -1: it has no keys for it, or is no member. */
    int self(long configuration);

    /** The seat of the member with this index in the configuration of this number; -1: there is none, or it is not known. */
    int seat(long configuration, int index);
}
