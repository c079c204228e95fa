package org.maftia.server.channel;

/** What comes out of a channel. */
public sealed interface Received {
    /**
     * A payload.
     *
     * @param sender the index of the member that sent it
     * @param number counts the sender's payloads, from 0
     */
    record Payload(int sender, long number, byte[] payload) implements Received {}

    /**
     * So many payloads came and are lost here: the others have left this member behind, or nobody received for so long that
     * no more was kept. What follows is in order again.
     */
    record Missed(long payloads) implements Received {}

    /** A kernel of members asked for the end: nothing follows. */
    record Ended() implements Received {}
}
