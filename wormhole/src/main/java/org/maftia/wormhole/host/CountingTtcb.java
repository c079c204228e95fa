package org.maftia.wormhole.host;

import java.util.List;
import java.util.Optional;
import org.maftia.wormhole.Action;
import org.maftia.wormhole.AgreementTag;
import org.maftia.wormhole.ControlMessage;
import org.maftia.wormhole.Decision;
import org.maftia.wormhole.Execution;
import org.maftia.wormhole.Lateness;
import org.maftia.wormhole.Measured;
import org.maftia.wormhole.Outcome;
import org.maftia.wormhole.Refusal;
import org.maftia.wormhole.RefusedException;
import org.maftia.wormhole.TrustedView;
import org.maftia.wormhole.Ttcb;
import org.maftia.wormhole.certificate.Digest;
import org.maftia.wormhole.certificate.Eid;
import org.maftia.wormhole.certificate.Fence;
import org.maftia.wormhole.certificate.Stamp;
import org.maftia.wormhole.certificate.VerdictCertificate;
import org.maftia.wormhole.certificate.ViewCertificate;

/**
 * A device that counts and certifies, and knows neither time nor other components: what needs these is refused. It
 * works in no trusted view, since it shares no key with anybody.
 */
public abstract class CountingTtcb implements Ttcb {
    protected static RefusedException refused(Refusal refusal) {
        return new RefusedException(refusal);
    }

    private static RefusedException unsupported() {
        return new RefusedException(Refusal.UNSUPPORTED);
    }

    @Override
    public Optional<ViewCertificate> trustedView() {
        return Optional.empty();
    }

    @Override
    public void install(TrustedView view, byte[] wrapped, List<Fence> fences) {
        throw unsupported();
    }

    @Override
    public byte[] wrapKey(int member) {
        throw unsupported();
    }

    @Override
    public AgreementTag propose(List<Eid> list, long startMicros, Decision decision, Digest value) {
        throw unsupported();
    }

    @Override
    public Outcome decide(AgreementTag tag) {
        throw unsupported();
    }

    @Override
    public Optional<ControlMessage> takeMessage() {
        return Optional.empty();
    }

    @Override
    public void giveMessage(byte[] message) {
        throw unsupported();
    }

    @Override
    public Stamp timestamp(Digest digest) {
        throw unsupported();
    }

    @Override
    public long startDuration() {
        throw unsupported();
    }

    @Override
    public Measured stopDuration(long handle) {
        throw unsupported();
    }

    @Override
    public long executeAt(Action action, long notBeforeMicros, long deadlineMicros) {
        throw unsupported();
    }

    @Override
    public Execution executed(long handle) {
        throw unsupported();
    }

    @Override
    public long watch(Eid who, long event, long boundMicros) {
        throw unsupported();
    }

    @Override
    public void done(long event) {
        throw unsupported();
    }

    @Override
    public Eid party() {
        throw unsupported();
    }

    @Override
    public Optional<VerdictCertificate> verdict(long watch) {
        throw unsupported();
    }

    @Override
    public Lateness lateness() {
        throw unsupported();
    }
}
