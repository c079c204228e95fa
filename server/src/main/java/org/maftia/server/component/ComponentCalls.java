package org.maftia.server.component;

import java.security.SecureRandom;
import java.util.Optional;
import java.util.function.LongToIntFunction;
import org.maftia.core.protocol.Attestation;
import org.maftia.core.protocol.TrustedCall;
import org.maftia.server.runtime.TrustedComponent;
import org.maftia.wormhole.Refusal;
import org.maftia.wormhole.RefusedException;
import org.maftia.wormhole.StoppedException;
import org.maftia.wormhole.Ttcb;
import org.maftia.wormhole.certificate.Digest;
import org.maftia.wormhole.certificate.Stream;

/** Calls of protocols, one by one those of the component. */
final class ComponentCalls implements TrustedComponent {
    private final Ttcb ttcb;
    private final Stream group;
    private final LongToIntFunction indexOf;
    private final SecureRandom random = new SecureRandom();

    /** What was asked for last, and found: each call names its configuration, and finding that takes as long as a call. */
    private long number = -1;

    private int self = -1;

    /** @param indexOf the index of the replica in the configuration of this number */
    ComponentCalls(Ttcb ttcb, Stream group, LongToIntFunction indexOf) {
        this.ttcb = ttcb;
        this.group = group;
        this.indexOf = indexOf;
    }

    @Override
    public Optional<Attestation> call(TrustedCall call) throws LostException {
        try {
            return answer(call);
        } catch (RefusedException e) {
            if (e.refusal() == Refusal.MARK_NOT_HIGHER) {
                return Optional.empty(); // it knows of what the journal does not
            }
            throw new LostException("the trusted component refuses to work: " + e.getMessage(), e);
        } catch (StoppedException e) {
            throw new LostException("the trusted component does not answer: " + e.getMessage(), e);
        }
    }

    private Optional<Attestation> answer(TrustedCall call) {
        Stream stream = group.with(call.stream());
        int self = self(OrderStream.configuration(call.stream()));
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
            case TrustedCall.Propose c -> throw unknown();
            case TrustedCall.Decide c -> throw unknown();
        };
    }

    private int self(long configuration) {
        if (configuration != number || self < 0) {
            self = indexOf.applyAsInt(configuration);
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
        try {
            ttcb.close();
        } catch (StoppedException e) {
            // The connection ends with the process at the latest.
        }
    }
}
