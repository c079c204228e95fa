package org.maftia.wormhole.tpm;

import java.util.Optional;
import org.maftia.wormhole.Capabilities;
import org.maftia.wormhole.Identity;
import org.maftia.wormhole.Refusal;
import org.maftia.wormhole.StoppedException;
import org.maftia.wormhole.certificate.Certificate;
import org.maftia.wormhole.certificate.Counters;
import org.maftia.wormhole.certificate.Digest;
import org.maftia.wormhole.certificate.Fence;
import org.maftia.wormhole.certificate.Header;
import org.maftia.wormhole.certificate.Mark;
import org.maftia.wormhole.certificate.Stream;
import org.maftia.wormhole.certificate.Ui;
import org.maftia.wormhole.certificate.VoidRange;
import org.maftia.wormhole.host.CountingTtcb;

/** A chain as a component: a FENCE and an answer about counters are links as a UI is. */
final class ChainTtcb extends CountingTtcb {
    private final TpmChain chain;
    private boolean closed;

    ChainTtcb(TpmChain chain) {
        this.chain = chain;
    }

    @Override
    public Capabilities capabilities() {
        return chain.capabilities();
    }

    @Override
    public Identity identity() {
        return chain.identity();
    }

    private Header header(Stream stream) {
        if (closed) {
            throw new StoppedException("the session was closed");
        }
        if (!chain.serves(stream)) {
            throw refused(Refusal.WRONG_GROUP);
        }
        return new Header(
                stream, identity().header().ttcb(), identity().header().epoch());
    }

    private static void lane(int lane) {
        if (lane != 0) {
            throw refused(Refusal.NO_SUCH_LANE);
        }
    }

    private static ChainState.Position position(ChainState state, Stream stream) {
        if (!state.hasRoom(stream)) {
            throw refused(Refusal.TOO_MANY_STREAMS);
        }
        return state.at(stream);
    }

    @Override
    public Ui createUi(Stream stream, int lane, Digest digest) {
        Header header = header(stream);
        lane(lane);
        return chain.link(
                state -> {
                    ChainState.Position now = position(state, stream);
                    if (now.counter() == Long.MAX_VALUE) {
                        throw refused(Refusal.EXHAUSTED);
                    }
                    return new Ui(header, 0, now.counter() + 1, now.view(), now.ckpt(), digest, TpmChain.UNSEALED);
                },
                Ui.class);
    }

    @Override
    public Fence raise(Stream stream, Mark mark, long value, Digest digest) {
        Header header = header(stream);
        return chain.link(
                state -> {
                    ChainState.Position now = position(state, stream);
                    if (value <= (mark == Mark.VIEW ? now.view() : now.ckpt())) {
                        throw refused(Refusal.MARK_NOT_HIGHER);
                    }
                    return new Fence(
                            header,
                            mark,
                            mark == Mark.VIEW ? value : now.view(),
                            mark == Mark.CKPT ? value : now.ckpt(),
                            ChainState.counters(now),
                            digest,
                            TpmChain.UNSEALED);
                },
                Fence.class);
    }

    @Override
    public Counters counters(Stream stream, Digest nonce) {
        Header header = header(stream);
        return chain.link(
                state -> {
                    ChainState.Position now = position(state, stream);
                    return new Counters(
                            header, nonce, now.view(), now.ckpt(), ChainState.counters(now), TpmChain.UNSEALED);
                },
                Counters.class);
    }

    @Override
    public Optional<Ui> lastUi(Stream stream, int lane) {
        header(stream);
        lane(lane);
        return chain.lastUi(stream);
    }

    @Override
    public Optional<Fence> lastFence(Stream stream, Mark mark) {
        header(stream);
        return chain.lastFence(stream, mark);
    }

    /** Never: a chain has no gaps. */
    @Override
    public Optional<VoidRange> lastVoid(Stream stream, int lane) {
        header(stream);
        lane(lane);
        return Optional.empty();
    }

    /** Takes a link of another chain if it is the next one: links are shown in their order, and again as often as one likes. */
    @Override
    public boolean verify(Certificate certificate, Digest digest) {
        return certificate.binds(digest) && chain.verify(certificate);
    }

    @Override
    public void random(byte[] out) {
        chain.random(out);
    }

    @Override
    public void close() {
        closed = true;
    }
}
