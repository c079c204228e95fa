package org.maftia.server.host;

import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import org.maftia.core.crypto.Certifier;
import org.maftia.core.crypto.Verifier;
import org.maftia.core.ordering.Request;
import org.maftia.core.ordering.hybrid.HybridMessage;
import org.maftia.core.protocol.Automaton;
import org.maftia.core.protocol.Ready;
import org.maftia.core.replica.Input;
import org.maftia.core.replica.Output;
import org.maftia.core.wire.Digest;
import org.maftia.simulator.corrupt.Grammar;

/**
 * A replica of a group with trusted components whose intruder alters what clients asked for before it reads that, and takes
 * any signature for good: as the leader it proposes requests in the names of clients that no client signed, and its trusted
 * component, which knows no clients, certifies the proposals.
 */
final class ForgedProposals implements Automaton<Input, Output> {
    private final Automaton<Input, Output> correct;
    private final Grammar grammar;
    private final BooleanSupplier active;

    /** @param active asked all the while whether to do so */
    ForgedProposals(Automaton<Input, Output> correct, Grammar grammar, BooleanSupplier active) {
        this.correct = correct;
        this.grammar = grammar;
        this.active = active;
    }

    /** Whatever anybody is said to have signed is good. */
    static Verifier credulous(Verifier correct, BooleanSupplier active) {
        return (signer, digest, signature) -> active.getAsBoolean() || correct.verify(signer, digest, signature);
    }

    /** The same for what replicas are said to have signed. */
    static Certifier credulous(Certifier correct, BooleanSupplier active) {
        Verifier verifier = credulous((Verifier) correct, active);
        return new Certifier() {
            @Override
            public byte[] sign(Digest digest) {
                return correct.sign(digest);
            }

            @Override
            public boolean verify(int signer, Digest digest, byte[] signature) {
                return verifier.verify(signer, digest, signature);
            }
        };
    }

    /** The frame as it came, or with other requests in it. */
    private byte[] altered(byte[] frame) {
        return grammar.parse(frame)
                .filter(sentence -> sentence.message() instanceof HybridMessage.Bodies)
                .flatMap(sentence -> forged(sentence))
                .orElse(frame);
    }

    private Optional<byte[]> forged(Grammar.Sentence sentence) {
        HybridMessage.Bodies bodies = (HybridMessage.Bodies) sentence.message();
        List<Request> requests =
                bodies.requests().stream().map(ForgedProposals::altered).toList();
        return grammar.frame(new Grammar.Sentence(sentence.address(), new HybridMessage.Bodies(requests)));
    }

    /** The same request in name and under the same seal, with something else in it. */
    private static Request altered(Request request) {
        byte[] operation = request.operation().clone();
        if (operation.length > 0) {
            operation[operation.length - 1] ^= 1;
        }
        return new Request(request.id(), operation, request.seal());
    }

    @Override
    public void start(List<byte[]> journal) {
        correct.start(journal);
    }

    @Override
    public void received(int from, byte[] frame, long nowMicros) {
        correct.received(from, active.getAsBoolean() ? altered(frame) : frame, nowMicros);
    }

    @Override
    public void input(Input input, long nowMicros) {
        correct.input(input, nowMicros);
    }

    @Override
    public void tick(long nowMicros) {
        correct.tick(nowMicros);
    }

    @Override
    public void computed(long id, Object result, long nowMicros) {
        correct.computed(id, result, nowMicros);
    }

    @Override
    public long nextWakeMicros() {
        return correct.nextWakeMicros();
    }

    @Override
    public Ready<Output> drain() {
        return correct.drain();
    }
}
