package org.maftia.wormhole.host;

import org.maftia.wormhole.StoppedException;
import org.maftia.wormhole.certificate.BigEndian;
import org.maftia.wormhole.frame.Frame;
import org.maftia.wormhole.trusted.Component;

/** A component in the host's own process, for tests and rehearsal: it protects against nothing. */
public final class InnerTransport implements Transport {
    private final Component component;
    private int slot;

    public InnerTransport(Component component) {
        this.component = component;
    }

    @Override
    public void exchange(byte[] request, byte[] reply) {
        if (component.stopped() != null) {
            throw new StoppedException("the component has stopped: " + component.stopped());
        }
        component.serve(request, reply);
        if (BigEndian.u8(request, Frame.OPERATION) == Frame.HELLO) {
            slot = BigEndian.u16(reply, Frame.PAYLOAD + 2);
        }
    }

    @Override
    public void close() {
        component.left(slot);
    }
}
