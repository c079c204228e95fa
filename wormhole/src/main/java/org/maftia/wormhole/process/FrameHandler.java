package org.maftia.wormhole.process;

import org.jspecify.annotations.Nullable;
import org.maftia.wormhole.certificate.BigEndian;
import org.maftia.wormhole.frame.Frame;
import org.maftia.wormhole.os.PeerSocket;
import org.maftia.wormhole.trusted.Component;

/** Passes frames to the component, and knows which session each connection has, so that a lost connection ends it. */
final class FrameHandler implements PeerSocket.Handler {
    private final int[] slots = new int[PeerSocket.CONNECTIONS_MAX];
    private @Nullable Component component;

    /** From now on frames go to this component; before, nothing is answered. */
    void handOver(Component next) {
        component = next;
    }

    @Override
    public boolean frame(int connection, byte[] request, byte[] reply) {
        Component serving = component;
        if (serving == null || serving.stopped() != null) {
            return false;
        }
        boolean hello = BigEndian.u8(request, Frame.OPERATION) == Frame.HELLO;
        if (hello) {
            gone(connection); // one session a connection
        }
        serving.serve(request, reply);
        if (hello && BigEndian.u8(reply, Frame.CODE) == 0) {
            slots[connection] = BigEndian.u16(reply, Frame.PAYLOAD + 2);
        }
        return true;
    }

    @Override
    public void gone(int connection) {
        if (component != null && slots[connection] != 0) {
            component.left(slots[connection]);
        }
        slots[connection] = 0;
    }
}
