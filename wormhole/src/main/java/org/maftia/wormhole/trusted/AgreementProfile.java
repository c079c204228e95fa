package org.maftia.wormhole.trusted;

import org.jspecify.annotations.Nullable;

/** How components come to the same map of proposals; what the map decides is the same for all profiles. */
interface AgreementProfile {
    /** When the instance has something to do next, in microseconds since 1970. */
    long nextDue(Instance instance);

    /** Does what was due; false if the component came too late for it and must fall silent. */
    boolean act(Instance instance, long nowMicros);

    /** Takes what a member told of an instance. */
    void receive(Instance instance, Told told, long nowMicros);

    /** Until when all that works in time has decided. */
    long timelyEnd(Instance instance);

    /** What to do with the first that is heard of an instance; false passes over it. */
    boolean join(Instance instance, Told told, long nowMicros);

    /**
     * A message, taken apart.
     *
     * @param from index of its sender in the view
     * @param type what it is, for the profile
     * @param ballot the round or ballot that it belongs to
     * @param accepted a ballot that its sender has accepted, -1 for none
     * @param values by entry of the list, null for none
     */
    record Told(int from, int type, int ballot, int accepted, byte[] @Nullable [] values) {}

    /** Sends to one member of the instance's view, or to all others. */
    interface Sending {
        int ALL = -1;

        void send(Instance instance, int to, int type, int ballot, int accepted, byte[] @Nullable [] values);

        /** The component's own index in the instance's view. */
        int own(Instance instance);
    }
}
