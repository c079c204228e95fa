package org.maftia.core.agreement;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.maftia.core.protocol.Automaton;
import org.maftia.core.protocol.Ready;
import org.maftia.core.testing.TestGroup;
import org.maftia.core.trust.ReplicaSet;

/** Two correct nodes with one key, each shown to one part of the group. */
final class TwoFaced implements Automaton<Consumer<MultivaluedAgreement>, byte[]> {
    private final ReplicaSet first;
    private final List<Automaton<Consumer<MultivaluedAgreement>, byte[]>> faces;

    /** @param first who sees the first face */
    TwoFaced(
            ReplicaSet first, int self, long nowMicros, TestGroup.Maker<Consumer<MultivaluedAgreement>, byte[]> maker) {
        this.first = first;
        this.faces = List.of(maker.make(self, nowMicros), maker.make(self, nowMicros));
    }

    private int shown(int peer) {
        return first.contains(peer) ? 0 : 1;
    }

    @Override
    public void start(List<byte[]> journal) {
        faces.get(0).start(journal);
        faces.get(0).input(agreement -> agreement.propose(Forger.bytes("value X")), 0);
        faces.get(1).start(journal);
        faces.get(1).input(agreement -> agreement.propose(Forger.bytes("value Y")), 0);
    }

    @Override
    public void received(int from, byte[] frame, long nowMicros) {
        faces.get(shown(from)).received(from, frame, nowMicros);
    }

    @Override
    public void input(Consumer<MultivaluedAgreement> input, long nowMicros) {
        faces.forEach(face -> face.input(input, nowMicros));
    }

    @Override
    public void tick(long nowMicros) {
        faces.forEach(face -> face.tick(nowMicros));
    }

    @Override
    public void computed(long id, Object result, long nowMicros) {}

    @Override
    public long nextWakeMicros() {
        return Math.min(faces.get(0).nextWakeMicros(), faces.get(1).nextWakeMicros());
    }

    @Override
    public Ready<byte[]> drain() {
        List<Ready.Outgoing> sends = new ArrayList<>();
        for (int i = 0; i < faces.size(); i++) {
            for (Ready.Outgoing outgoing : faces.get(i).drain().sends()) {
                if (shown(outgoing.to()) == i) {
                    sends.add(outgoing);
                }
            }
        }
        return new Ready<>(List.of(), sends, List.of(), List.of(), List.of());
    }
}
