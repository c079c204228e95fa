package org.maftia.wormhole.trusted;

import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import org.maftia.wormhole.Refusal;
import org.maftia.wormhole.certificate.BigEndian;
import org.maftia.wormhole.frame.Frame;

/** Profile PARTIAL: the host takes messages out, part by part, and carries them; whatever it does with them is allowed. */
public final class RelayedChannel implements ControlChannel {
    /** A host that fetches nothing loses the oldest first: a message that is lost is sent again with a later ballot. */
    private static final int WAITING_MAX = 256;

    private static final int PART = Frame.PAYLOAD_MAX - 3;

    private record Waiting(int member, byte[] message) {}

    private final Deque<Waiting> waiting = new ArrayDeque<>();
    private final long roundMicros;
    private final long skewMicros;

    /**
     * @param roundMicros how long a message usually takes from host to host
     * @param skewMicros how far the hosts' clocks are apart
     */
    public RelayedChannel(long roundMicros, long skewMicros) {
        this.roundMicros = roundMicros;
        this.skewMicros = skewMicros;
    }

    @Override
    public void send(int member, byte[] message, int length) {
        if (waiting.size() == WAITING_MAX) {
            waiting.removeFirst();
        }
        waiting.addLast(new Waiting(member, Arrays.copyOf(message, length)));
    }

    /** Payload: offset u16; writes member u8, whole length u16, bytes from there; the last part takes it away. */
    int take(byte[] in, int at, int length, byte[] out) {
        Waiting first = waiting.peekFirst();
        int offset = length == 2 ? BigEndian.u16(in, at) : -1;
        if (first == null) {
            return 0;
        }
        if (offset < 0 || offset >= first.message.length) {
            return -Refusal.MALFORMED.code();
        }
        int count = Math.min(PART, first.message.length - offset);
        BigEndian.u8(out, Frame.PAYLOAD, first.member);
        BigEndian.u16(out, Frame.PAYLOAD + 1, first.message.length);
        System.arraycopy(first.message, offset, out, Frame.PAYLOAD + 3, count);
        if (offset + count == first.message.length) {
            waiting.removeFirst();
        }
        return 3 + count;
    }

    @Override
    public Kind kind() {
        return Kind.PARTIAL;
    }

    @Override
    public long roundMicros() {
        return roundMicros;
    }

    @Override
    public long skewMicros() {
        return skewMicros;
    }

    @Override
    public int crashes() {
        return 0;
    }
}
