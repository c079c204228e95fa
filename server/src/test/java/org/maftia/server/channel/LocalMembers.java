package org.maftia.server.channel;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import org.maftia.client.transport.TlsIdentity;
import org.maftia.core.crypto.DiscreteLogDealer;
import org.maftia.core.crypto.DiscreteLogShares;
import org.maftia.core.crypto.Ed25519Certifier;
import org.maftia.core.crypto.Tdh2Cipher;
import org.maftia.core.crypto.ThresholdCipher;
import org.maftia.core.crypto.ThresholdCoin;
import org.maftia.core.crypto.Transcript;
import org.maftia.core.protocol.Automaton;
import org.maftia.core.protocol.Limits;
import org.maftia.core.protocol.Node;
import org.maftia.core.protocol.Ready;
import org.maftia.core.replica.AtomicChannel;
import org.maftia.core.trust.FaultStructure;
import org.maftia.core.wire.Digest;
import org.maftia.server.cluster.SystemEntropy;
import org.maftia.server.journal.Journal;
import org.maftia.server.link.Links;
import org.maftia.server.runtime.RuntimeEvents;
import org.maftia.server.testing.Certificates;
import org.maftia.server.testing.LocalGroup;
import org.maftia.simulator.Draw;
import org.maftia.simulator.corrupt.Corrupted;
import org.maftia.simulator.corrupt.Equivocation;
import org.maftia.simulator.corrupt.Forgery;
import org.maftia.simulator.corrupt.Grammar;
import org.maftia.simulator.corrupt.Misconduct;

/** Members of one group in this process: real keys, TLS, journals, loopback. Any one of them may be corrupted. */
final class LocalMembers {
    static final int SIZE = 4;
    static final FaultStructure TRUST = FaultStructure.threshold(SIZE, 1);

    private static final Digest CONFIGURATION =
            Transcript.of("members of a test").digest();
    private static final byte[] NO_SIGNATURE = {};

    private final Path directory;
    private final List<TlsIdentity> identities = new ArrayList<>();
    private final List<Links.Peer> peers = new ArrayList<>();
    private final DiscreteLogDealer.Dealing coin =
            DiscreteLogDealer.deal("members", "coin", TRUST.sharing(), SystemEntropy.INSTANCE);
    private final DiscreteLogDealer.Dealing secret =
            DiscreteLogDealer.deal("members", "confidential", TRUST.sharing(), SystemEntropy.INSTANCE);
    private final Tdh2Cipher cipher = new Tdh2Cipher(secret.key());

    /** Who was blamed by whom, and for what. */
    final ConcurrentLinkedQueue<String> blames = new ConcurrentLinkedQueue<>();

    LocalMembers(Path directory) throws IOException {
        this.directory = directory;
        for (int i = 0; i < SIZE; i++) {
            identities.add(Certificates.identity("m" + i));
            peers.add(new Links.Peer(LocalGroup.freeAddress(), identities.get(i).certificate()));
        }
    }

    MemberSetup setup(String tag, int self) {
        List<byte[]> publicKeys = new ArrayList<>();
        for (int i = 0; i < SIZE; i++) {
            publicKeys.add(Ed25519Certifier.publicKey(signingKey(i)));
        }
        return new MemberSetup(
                new MemberSetup.Name(tag, 0),
                self,
                TRUST,
                Limits.DEFAULT,
                peers,
                identities.get(self),
                new AtomicChannel.Keys(
                        new Ed25519Certifier(signingKey(self), publicKeys),
                        new ThresholdCoin(coin.key(), coin.sharesOf(self)),
                        CONFIGURATION),
                peers.get(self).address(),
                memory(tag, self),
                new Journal.Settings(true, 1 << 16),
                new RuntimeEvents() {
                    @Override
                    public void blamed(int replica, String rule, String path, long count) {
                        blames.add(self + " blames " + replica + ": " + rule);
                    }

                    @Override
                    public void failed(Throwable failure) {
                        blames.add(self + " failed: " + failure);
                    }
                });
    }

    Path memory(String tag, int self) {
        return directory.resolve(tag + self);
    }

    Tdh2Cipher cipher() {
        return cipher;
    }

    DiscreteLogShares shares(int self) {
        return secret.sharesOf(self);
    }

    ThresholdCipher.Holder holder(int self) {
        return cipher.holder(secret.sharesOf(self));
    }

    private static byte[] signingKey(int member) {
        byte[] key = new byte[Ed25519Certifier.PRIVATE_KEY_LENGTH];
        key[0] = (byte) (member + 1);
        return key;
    }

    /** Tells one half of the others something else than the other half, in whatever it says. */
    static <P, E> UnaryOperator<Automaton<Consumer<P>, E>> equivocating(int self) {
        return automaton ->
                corrupted(automaton, self, new Equivocation(grammar(automaton), NO_SIGNATURE, SIZE, 0b0110));
    }

    /** Draws messages of the protocols' own grammar and sends them to anybody. */
    static <P, E> UnaryOperator<Automaton<Consumer<P>, E>> forging(int self) {
        return automaton -> corrupted(automaton, self, new Forgery(grammar(automaton), NO_SIGNATURE, SIZE));
    }

    private static Grammar grammar(Automaton<?, ?> automaton) {
        return new Grammar(((Node<?, ?>) automaton)::grammar);
    }

    private static <I, E> Automaton<I, E> corrupted(Automaton<I, E> automaton, int self, Misconduct misconduct) {
        return new Corrupted<>(automaton, new ToOthers(self, misconduct), new Draw(self));
    }

    /** No link leads to oneself. */
    private record ToOthers(int self, Misconduct misconduct) implements Misconduct {
        @Override
        public void saw(int from, byte[] frame) {
            misconduct.saw(from, frame);
        }

        @Override
        public List<Ready.Outgoing> instead(List<Ready.Outgoing> sends, long nowMicros, Draw draw) {
            return misconduct.instead(sends, nowMicros, draw).stream()
                    .filter(outgoing -> outgoing.to() != self)
                    .toList();
        }

        @Override
        public long nextWakeMicros() {
            return misconduct.nextWakeMicros();
        }
    }
}
