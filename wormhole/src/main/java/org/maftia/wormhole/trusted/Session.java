package org.maftia.wormhole.trusted;

import javax.crypto.Mac;
import javax.crypto.SecretKey;
import org.maftia.wormhole.certificate.BigEndian;
import org.maftia.wormhole.certificate.Eid;
import org.maftia.wormhole.frame.Frame;

/** One authenticated party: its frames come in order, each under the session's key, or are refused. */
final class Session {
    final Eid eid;
    private final Mac in;
    private final Mac out;
    private final byte[] computed = new byte[Frame.MAC_LENGTH];
    private long sequence;

    Session(Eid eid, SecretKey[] keys) {
        this.eid = eid;
        this.in = HmacSealer.mac(keys[0]);
        this.out = HmacSealer.mac(keys[1]);
    }

    /** Whether the frame is the next one of this session; only then does the session move on. */
    boolean accepts(byte[] request, int length) {
        if (BigEndian.u64(request, Frame.SEQUENCE) != sequence + 1) {
            return false;
        }
        HmacSealer.compute(in, request, 0, Frame.PAYLOAD + length, computed, 0);
        if (!HmacSealer.same(computed, 0, request, Frame.MAC, Frame.MAC_LENGTH)) {
            return false;
        }
        sequence++;
        return true;
    }

    void authenticate(byte[] reply, int length) {
        HmacSealer.compute(out, reply, 0, Frame.PAYLOAD + length, reply, Frame.MAC);
    }
}
