package org.maftia.wormhole.certificate;

/** A number of a stream that only rises, and that every UI of every lane carries from then on. */
public enum Mark {
    /** The view that the replica has moved to. */
    VIEW,
    /** The checkpoint that the replica has made. */
    CKPT;

    /** As it stands in a FENCE. */
    public int code() {
        return ordinal() + 1;
    }
}
