package org.maftia.core.agreement;

import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.maftia.core.agreement.Validity.Verdict;
import org.maftia.core.broadcast.ReliableBroadcast;
import org.maftia.core.crypto.Certifier;
import org.maftia.core.crypto.Coin;
import org.maftia.core.crypto.Transcript;
import org.maftia.core.protocol.Invariant;
import org.maftia.core.protocol.Path;
import org.maftia.core.protocol.Port;
import org.maftia.core.protocol.Protocol;
import org.maftia.core.trust.ReplicaSet;
import org.maftia.core.wire.Codec;
import org.maftia.core.wire.Digest;
import org.maftia.core.wire.MalformedException;
import org.maftia.core.wire.Reader;
import org.maftia.core.wire.Writer;

/**
 * All correct replicas output the same inputs, those of a quorum of replicas, so that at least the correct members of a
 * quorum are heard; and the input of a correct replica is what it proposed. Once every correct replica proposes, all
 * output, whatever the order in which messages arrive.
 *
 * <p>Each input goes out by reliable broadcast. Whoever has delivered the inputs of a quorum proposes the list of their
 * digests; a list is valid where the same inputs were delivered, which reliable broadcast sees to everywhere if it does
 * at one correct replica. The output is the inputs by replica, once (again after a restart).
 *
 * <p>Source: Ben-Or, Kelmer, Rabin (PODC 1994) for the problem; the reduction to one agreement on many values follows
 * Cachin, Kursawe, Petzold, Shoup (CRYPTO 2001).
 */
public final class CommonSubset implements Protocol<CommonSubset.Nothing> {
    /** The instance itself sends nothing, its parts do: there is no value of this type. */
    public static final class Nothing {
        private Nothing() {}
    }

    private static final Codec<Nothing> NO_MESSAGES = Codec.ofNothing();

    private final Port<Nothing, SortedMap<Integer, byte[]>> port;
    private final List<ReliableBroadcast> broadcasts = new ArrayList<>();
    private final MultivaluedAgreement agreement;
    private final SortedMap<Integer, byte[]> delivered = new TreeMap<>();

    /**
     * @param configuration names the members and their keys; part of everything signed
     * @param coin elects the leaders of the agreement
     * @param leadership of the agreement; {@link Leadership#ELECTED} waits for no timer at all
     * @param inputLengthMax bytes of an input; the same at all replicas
     */
    public CommonSubset(
            Port<Nothing, SortedMap<Integer, byte[]>> port,
            Certifier certifier,
            Coin coin,
            Digest configuration,
            Leadership leadership,
            int inputLengthMax) {
        this.port = port;
        for (int i = 0; i < port.trust().size(); i++) {
            int sender = i;
            broadcasts.add(port.nest(
                    "rb",
                    sender,
                    (Port<ReliableBroadcast.Message, byte[]> child) ->
                            new ReliableBroadcast(child, sender, inputLengthMax),
                    input -> delivered(sender, input)));
        }
        this.agreement = port.nest(
                "mvba",
                Path.NO_INDEX,
                (Port<MultivaluedMessage, byte[]> child) ->
                        new MultivaluedAgreement(child, certifier, coin, configuration, leadership, this::judge),
                this::decided);
    }

    @Override
    public Codec<Nothing> codec() {
        return NO_MESSAGES;
    }

    @Override
    public void receive(int from, Nothing message) {
        Invariant.check(false, "no bytes are a message of this instance");
    }

    /** Proposes an input, once. */
    public void propose(byte[] input) {
        broadcasts.get(port.self()).broadcast(input);
    }

    /** Sends a peer again whatever it may have missed. */
    public void nudge(int peer) {
        broadcasts.forEach(broadcast -> broadcast.nudge(peer));
        agreement.nudge(peer);
    }

    private void delivered(int sender, byte[] input) {
        delivered.putIfAbsent(sender, input);
        if (port.trust().isQuorum(senders(delivered))) {
            agreement.propose(encoded(digests(delivered)));
        }
        agreement.recheck();
    }

    private static ReplicaSet senders(SortedMap<Integer, ?> values) {
        ReplicaSet senders = ReplicaSet.EMPTY;
        for (int sender : values.keySet()) {
            senders = senders.with(sender);
        }
        return senders;
    }

    private static SortedMap<Integer, Digest> digests(SortedMap<Integer, byte[]> inputs) {
        SortedMap<Integer, Digest> digests = new TreeMap<>();
        inputs.forEach((sender, input) ->
                digests.put(sender, Transcript.of("subset/input").field(input).digest()));
        return digests;
    }

    /** Of no more inputs than are delivered here can a correct replica have heard: the rest may come. */
    Verdict judge(byte[] value) {
        SortedMap<Integer, Digest> listed;
        try {
            listed = decoded(value);
        } catch (MalformedException e) {
            return Verdict.INVALID;
        }
        if (!port.trust().isQuorum(senders(listed))) {
            return Verdict.INVALID;
        }
        SortedMap<Integer, byte[]> held = new TreeMap<>(delivered);
        held.keySet().retainAll(listed.keySet());
        SortedMap<Integer, Digest> right = digests(held);
        for (var entry : right.entrySet()) {
            if (!entry.getValue().equals(listed.get(entry.getKey()))) {
                return Verdict.INVALID;
            }
        }
        return right.size() == listed.size() ? Verdict.VALID : Verdict.UNKNOWN;
    }

    /** The agreement hands out what is VALID here, so all that it lists is delivered. */
    private void decided(byte[] value) {
        SortedMap<Integer, byte[]> subset = new TreeMap<>(delivered);
        subset.keySet().retainAll(decoded(value).keySet());
        port.output(subset);
    }

    private static byte[] encoded(SortedMap<Integer, Digest> digests) {
        Writer writer = new Writer().u64(senders(digests).bits());
        digests.values().forEach(writer::digest);
        return writer.toBytes();
    }

    private SortedMap<Integer, Digest> decoded(byte[] value) {
        Reader reader = new Reader(value);
        ReplicaSet senders = new ReplicaSet(reader.u64());
        if (!port.trust().all().containsAll(senders)) {
            throw new MalformedException("lists nobody");
        }
        SortedMap<Integer, Digest> digests = new TreeMap<>();
        for (int sender : senders.toList()) {
            digests.put(sender, reader.digest());
        }
        reader.end();
        return digests;
    }
}
