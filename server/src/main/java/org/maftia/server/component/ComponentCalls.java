package org.maftia.server.component;

import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.maftia.core.protocol.Attestation;
import org.maftia.core.protocol.TrustedCall;
import org.maftia.core.replica.Status;
import org.maftia.server.runtime.TrustedComponent;
import org.maftia.wormhole.Refusal;
import org.maftia.wormhole.RefusedException;
import org.maftia.wormhole.StoppedException;
import org.maftia.wormhole.TrustedView;
import org.maftia.wormhole.Ttcb;
import org.maftia.wormhole.certificate.Certificate;
import org.maftia.wormhole.certificate.Digest;
import org.maftia.wormhole.certificate.Fence;
import org.maftia.wormhole.certificate.Header;
import org.maftia.wormhole.certificate.MalformedCertificateException;
import org.maftia.wormhole.certificate.Stream;

/** Calls of protocols, one by one those of the component. */
final class ComponentCalls implements TrustedComponent {
    private final Ttcb ttcb;
    private final Stream group;
    private final Seating seating;
    private final SecureRandom random = new SecureRandom();

    /** What was asked for last, and found: each call names its configuration, and finding that takes as long as a call. */
    private long number = -1;

    private int self = -1;
    private volatile @Nullable RollCaller caller;

    ComponentCalls(Ttcb ttcb, Stream group, Seating seating) {
        this.ttcb = ttcb;
        this.group = group;
        this.seating = seating;
    }

    @Override
    public void begin(BiConsumer<Integer, byte[]> carrier, Consumer<Throwable> failed) {
        RollCall calls = new RollCall(ttcb, () -> TimeUnit.MILLISECONDS.toMicros(System.currentTimeMillis()), carrier);
        caller = new RollCaller(calls, "component-" + ttcb.party().ttcb() + "-roll-call", failed);
    }

    @Override
    public void entered(long view, List<Integer> seats) {
        RollCaller present = caller;
        if (present != null) {
            present.calls().entered(view, seats);
        }
    }

    @Override
    public void delivered(int from, byte[] bytes) {
        RollCaller present = caller;
        if (present != null && present.calls().delivered(from, bytes)) {
            present.hurry();
        }
    }

    /** How the last roll call ended; empty before the first. */
    Optional<RollCallReport> lastRollCall() {
        RollCaller present = caller;
        return present == null ? Optional.empty() : present.calls().last();
    }

    @Override
    public Optional<Attestation> call(TrustedCall call) throws LostException {
        try {
            return answer(call);
        } catch (RefusedException e) {
            if (e.refusal() == Refusal.MARK_NOT_HIGHER) {
                return Optional.empty(); // it knows of what the journal does not
            }
            if (call instanceof TrustedCall.Install && isOpinion(e.refusal())) {
                return Optional.empty(); // what is in the fences is for it to judge: peers made them
            }
            throw new LostException("the trusted component refuses to work: " + e.getMessage(), e);
        } catch (StoppedException e) {
            throw new LostException("the trusted component does not answer: " + e.getMessage(), e);
        }
    }

    private static boolean isOpinion(Refusal refusal) {
        return refusal == Refusal.NOT_A_SUCCESSOR || refusal == Refusal.MALFORMED;
    }

    private Optional<Attestation> answer(TrustedCall call) {
        Stream stream = group.with(call.stream());
        // Trusted views are counted through all configurations: what is certified of them is put in the words of one by
        // who asks.
        int self = call.stream() == Stream.MEMBERSHIP ? 0 : self(OrderStream.configuration(call.stream()));
        return switch (call) {
            case TrustedCall.CreateUi c ->
                Optional.of(
                        AttestationForm.of(self, ttcb.createUi(stream, c.lane(), AttestationForm.digest(c.digest()))));
            case TrustedCall.Raise c ->
                Optional.of(AttestationForm.of(
                        self,
                        ttcb.raise(
                                stream,
                                AttestationForm.mark(c.mark()),
                                c.value(),
                                AttestationForm.digest(c.digest()))));
            case TrustedCall.LastUi c -> ttcb.lastUi(stream, c.lane()).map(ui -> AttestationForm.of(self, ui));
            case TrustedCall.LastFence c ->
                ttcb.lastFence(stream, AttestationForm.mark(c.mark())).map(fence -> AttestationForm.of(self, fence));
            case TrustedCall.Standing c -> Optional.of(AttestationForm.of(self, ttcb.counters(stream, nonce())));
            case TrustedCall.Introduce c -> Optional.of(AttestationForm.of(self, ttcb.identity()));
            case TrustedCall.View c -> inView();
            case TrustedCall.Install c -> {
                TrustedView view = TrustedView.of(c.view());
                ttcb.install(view, new byte[0], fences(stream, view, c.fences()));
                yield inView();
            }
            case TrustedCall.Propose c -> throw unknown();
            case TrustedCall.Decide c -> throw unknown();
        };
    }

    private Optional<Attestation> inView() {
        return ttcb.trustedView().map(view -> AttestationForm.of(0, view));
    }

    /** Those that can be certificates, of members of the view's configuration. */
    private List<Fence> fences(Stream stream, TrustedView view, List<Attestation.Fence> shown) {
        List<Fence> fences = new ArrayList<>();
        for (Attestation.Fence fence : shown) {
            int seat = seating.seat(Status.InView.configuration(view.number()), fence.replica());
            if (seat >= 0
                    && AttestationForm.certificate(new Header(stream, seat, fence.epoch()), fence)
                            instanceof Fence certificate
                    && isWellFormed(certificate)) {
                fences.add(certificate);
            }
        }
        return fences;
    }

    /** The component takes none of them where one has not the form of a certificate. */
    private static boolean isWellFormed(Fence fence) {
        byte[] encoded = fence.encoded();
        try {
            return Certificate.decode(encoded, 0, encoded.length).equals(fence);
        } catch (MalformedCertificateException e) {
            return false;
        }
    }

    private int self(long configuration) {
        if (configuration != number || self < 0) {
            self = seating.self(configuration);
            number = configuration;
        }
        return self;
    }

    private Digest nonce() {
        byte[] bytes = new byte[Digest.LENGTH];
        random.nextBytes(bytes);
        return Digest.of(bytes);
    }

    /** Agreements among components need parties on all hosts and messages carried between them: no replica runs one. */
    private static IllegalStateException unknown() {
        return new IllegalStateException("no protocol of a replica agrees through its component");
    }

    @Override
    public void close() {
        RollCaller present = caller;
        if (present != null) {
            present.close();
        }
        try {
            ttcb.close();
        } catch (StoppedException e) {
            // The connection ends with the process at the latest.
        }
    }
}
