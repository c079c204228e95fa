package org.maftia.core.replica;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.BiFunction;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.maftia.core.crypto.BlsKey;
import org.maftia.core.crypto.BlsSignature;
import org.maftia.core.crypto.BlsThreshold;
import org.maftia.core.crypto.DiscreteLogDealer;
import org.maftia.core.crypto.DiscreteLogKey;
import org.maftia.core.crypto.DiscreteLogShares;
import org.maftia.core.crypto.Tdh2Cipher;
import org.maftia.core.crypto.ThresholdCoin;
import org.maftia.core.crypto.ThresholdSignature;
import org.maftia.core.crypto.Transcript;
import org.maftia.core.keys.KeyCare;
import org.maftia.core.keys.KeyUpkeep;
import org.maftia.core.ordering.Request;
import org.maftia.core.ordering.RequestId;
import org.maftia.core.protocol.Automaton;
import org.maftia.core.protocol.Limits;
import org.maftia.core.protocol.Node;
import org.maftia.core.protocol.Port;
import org.maftia.core.testing.IdealCertifier;
import org.maftia.core.testing.MemoryKeeper;
import org.maftia.core.testing.SeededEntropy;
import org.maftia.core.testing.Structures;
import org.maftia.core.testing.TestGroup;
import org.maftia.core.trust.FaultStructure;
import org.maftia.core.trust.ReplicaSet;
import org.maftia.core.wire.Digest;
import org.maftia.core.wire.Reader;
import org.maftia.core.wire.Writer;

/**
 * Four whole replicas with a real coin, a real cipher and a real key for BLS signatures, all of which the group keeps by
 * itself, and a service that uses them. No share is anywhere but with the keepers, from the start.
 */
final class KeptKeys {
    static final FaultStructure TRUST = Structures.FOUR;
    static final String COIN = "coin";
    static final String CONFIDENTIAL = "confidential";
    static final String BEACON = "beacon";
    static final List<String> ALL = List.of(COIN, CONFIDENTIAL, BEACON);
    static final int INTERVAL = 8;
    private static final int CLIENT = 64;
    private static final int STEPS_MAX = 400_000;
    private static final KeyUpkeep.Pace PACE = new KeyUpkeep.Pace(0, 1, 2_000_000, 60_000_000);
    static final byte[] LABEL = text("owner");

    final SortedMap<String, DiscreteLogDealer.Dealing> dealings = new TreeMap<>();
    final List<MemoryKeeper> keepers = new ArrayList<>();
    final List<Replica> replicas = new ArrayList<>(Arrays.asList(null, null, null, null));
    final Tdh2Cipher cipher;
    final @Nullable BlsThreshold beacon;
    final TestGroup<Input, Output> group;
    private final SeededEntropy entropy;
    private final long seed;
    private final BiFunction<Integer, Automaton<Input, Output>, Automaton<Input, Output>> conduct;
    private long sequence;

    KeptKeys(TestGroup.Scheduler scheduler, long seed, boolean hoarding) {
        this(scheduler, seed, hoarding, ALL, (replica, correct) -> correct);
    }

    /**
     * @param dealt without the key that signs the group makes it for itself
     * @param conduct what becomes of a correct replica
     */
    KeptKeys(
            TestGroup.Scheduler scheduler,
            long seed,
            boolean hoarding,
            List<String> dealt,
            BiFunction<Integer, Automaton<Input, Output>, Automaton<Input, Output>> conduct) {
        this.seed = seed;
        this.conduct = conduct;
        this.entropy = new SeededEntropy(seed + 77);
        for (String keyId : dealt) {
            dealings.put(
                    keyId, DiscreteLogDealer.deal("group", keyId, TRUST.sharing(), new SeededEntropy(keyId.length())));
        }
        this.cipher = new Tdh2Cipher(dealing(CONFIDENTIAL).key());
        this.beacon = dealt.contains(BEACON) ? new BlsThreshold(BlsKey.of(dealing(BEACON))) : null;
        for (int i = 0; i < TRUST.size(); i++) {
            MemoryKeeper keeper = new MemoryKeeper(hoarding);
            for (String keyId : dealt) {
                keeper.keep(
                        keyId, 0, DiscreteLogShares.CODEC.encode(dealing(keyId).sharesOf(i)));
            }
            keepers.add(keeper);
        }
        this.group = new TestGroup<>(TRUST.size(), scheduler, seed, this::make);
    }

    private DiscreteLogDealer.Dealing dealing(String keyId) {
        DiscreteLogDealer.Dealing dealing = dealings.get(keyId);
        assertThat(dealing).isNotNull();
        return dealing;
    }

    private Automaton<Input, Output> make(int self, long now) {
        TreeMap<String, StateMachine> services = new TreeMap<>();
        services.put("desk", new Desk());
        TreeMap<String, ThresholdSignature> keys = new TreeMap<>();
        if (beacon != null) {
            keys.put(BEACON, beacon);
        }
        List<KeyUpkeep> upkeeps = ALL.stream()
                .map(keyId -> dealings.containsKey(keyId)
                        ? new KeyUpkeep(
                                "group", keyId, TRUST.sharing(), dealing(keyId).key(), PACE)
                        : KeyUpkeep.signing("group", keyId, TRUST.sharing(), false, PACE))
                .toList();
        Genesis genesis = new Genesis(
                        Digest.ZERO,
                        new IdealCertifier(self),
                        ThresholdCoin.bare(dealing(COIN).key()),
                        cipher.bare(),
                        services,
                        keys,
                        new TreeMap<>())
                .with(new KeyCare(upkeeps, keepers.get(self), new SeededEntropy(seed * 10 + self)));
        return conduct.apply(self, new Node<>(self, TRUST, limits(), now, (Port<ReplicaSnapshot, Output> port) -> {
            Replica replica = new Replica(port, genesis, false);
            replicas.set(self, replica);
            return replica;
        }));
    }

    private static Limits limits() {
        Limits d = Limits.DEFAULT;
        return new Limits(
                d.frameLengthMax(),
                d.batchLengthMax(),
                d.batchCountMax(),
                d.operationLengthMax(),
                d.pipeline(),
                INTERVAL,
                4 * INTERVAL + d.pipeline(),
                d.heldBytesPerPeer(),
                d.pooledRequestsPerClient(),
                d.slotTimeoutMicrosMin(),
                d.slotTimeoutMicrosMax(),
                d.clockToleranceMicros(),
                d.sessionWindow(),
                d.sessionsPerClient());
    }

    static byte[] text(String value) {
        return value.getBytes(StandardCharsets.UTF_8);
    }

    /** 's' has the rest signed, 'o' has it opened, anything else is echoed. */
    static final class Desk implements StateMachine {
        private final TreeMap<Long, RequestId> asked = new TreeMap<>();
        private long next;

        @Override
        public byte @Nullable [] apply(Command command, Context context) {
            byte[] operation = command.operation();
            byte[] rest = Arrays.copyOfRange(operation, 1, operation.length);
            boolean taken = switch (operation[0]) {
                case 's' -> context.sign(BEACON, rest, next);
                case 'o' -> context.decrypt(rest, LABEL, next);
                default -> false;
            };
            if (taken) {
                asked.put(next++, command.id());
            }
            return taken ? null : operation;
        }

        private void answer(long reference, byte @Nullable [] what, Context context) {
            RequestId id = asked.remove(reference);
            if (id != null) {
                context.complete(id, what == null ? text("nothing") : what);
            }
        }

        @Override
        public void signed(long reference, byte[] signature, Context context) {
            answer(reference, signature, context);
        }

        @Override
        public void decrypted(long reference, byte @Nullable [] message, Context context) {
            answer(reference, message, context);
        }

        @Override
        public void snapshot(Writer writer) {
            writer.u64(next).u32(asked.size());
            asked.forEach((number, id) -> RequestId.CODEC.write(writer.u64(number), id));
        }

        @Override
        public void restore(Reader reader) {
            next = reader.u64();
            asked.clear();
            for (long count = reader.u32(); count > 0; count--) {
                asked.put(reader.u64(), RequestId.CODEC.read(reader));
            }
        }

        @Override
        public Digest root() {
            Writer writer = new Writer();
            snapshot(writer);
            return Transcript.sha256(writer.toBytes());
        }
    }

    static byte[] call(String service, byte[] operation) {
        return ServiceCall.codec(4000).encode(new ServiceCall(service, operation));
    }

    private RequestId submit(byte[] operation) {
        RequestId id = new RequestId(CLIENT, 1, sequence++);
        submit(new Request(id, operation));
        return id;
    }

    private void submit(Request request) {
        for (int i = 0; i < TRUST.size(); i++) {
            group.input(i, new Input.Submit(request));
        }
    }

    RequestId plain(String what) {
        return submit(call("desk", text("e" + what)));
    }

    RequestId sign(String message) {
        return submit(call("desk", text("s" + message)));
    }

    /** A request whose content nobody reads before it is ordered. */
    RequestId confidential(String what) {
        RequestId id = new RequestId(CLIENT, 1, sequence++);
        byte[] ciphertext = cipher.encrypt(text("e" + what), ConfidentialCall.label(Digest.ZERO, "desk", id), entropy);
        byte[] sealed = ConfidentialCall.codec(4000).encode(new ConfidentialCall("desk", ciphertext));
        submit(new Request(id, call(ConfidentialCall.SERVICE, sealed)));
        return id;
    }

    /** Something that was encrypted for the service, and is to be opened. */
    RequestId open(String what) {
        byte[] ciphertext = cipher.encrypt(text(what), ServiceSecret.label("desk", LABEL), entropy);
        return submit(call("desk", new Writer().u8('o').fixed(ciphertext).toBytes()));
    }

    byte @Nullable [] reply(int replica, RequestId id) {
        return group.outputs(replica).stream()
                .filter(Output.Reply.class::isInstance)
                .map(Output.Reply.class::cast)
                .filter(reply -> reply.id().equals(id))
                .map(Output.Reply::result)
                .findFirst()
                .orElse(null);
    }

    /** The answer of all these replicas. */
    byte[] answer(RequestId id, int... from) {
        return answer(id, replies -> Arrays.stream(from).allMatch(replies::contains));
    }

    /** The answer of a quorum: who was left behind learns the state, and has nothing to answer any more. */
    byte[] answerOfQuorum(RequestId id) {
        return answer(id, TRUST::isQuorum);
    }

    private byte[] answer(RequestId id, Predicate<ReplicaSet> enough) {
        runUntil(() -> enough.test(repliers(id)), "answered");
        byte[] first = reply(repliers(id).first(), id);
        assertThat(first).isNotNull();
        repliers(id).forEach(replica -> assertThat(reply(replica, id)).isEqualTo(first));
        return first;
    }

    private ReplicaSet repliers(RequestId id) {
        ReplicaSet repliers = ReplicaSet.EMPTY;
        for (int replica : TRUST.all().toList()) {
            repliers = reply(replica, id) == null ? repliers : repliers.with(replica);
        }
        return repliers;
    }

    void assertSigned(String message, byte[] signature) {
        byte[] publicKey = beacon == null ? madeKey() : beacon.key().publicKey();
        assertThat(BlsSignature.verify(publicKey, text(message), signature)).isTrue();
    }

    /** What all replicas show that have certified it by now: the same. */
    byte[] madeKey() {
        List<byte[]> shown = new ArrayList<>();
        for (int replica : TRUST.all().toList()) {
            shownBy(replica).ifPresent(shown::add);
        }
        assertThat(shown).isNotEmpty();
        shown.forEach(key -> assertThat(key).isEqualTo(shown.getFirst()));
        return shown.getFirst();
    }

    /** The public key of the made key in the newest view that the replica has a certificate for. */
    Optional<byte[]> shownBy(int replica) {
        return group.outputs(replica).stream()
                .filter(Output.Certified.class::isInstance)
                .map(output -> ((Output.Certified) output).view())
                .reduce((older, newer) -> newer)
                .flatMap(view -> MadeKeys.in(view, BEACON));
    }

    boolean holds(int replica, String keyId, long epoch) {
        return group.outputs(replica).stream()
                .filter(Output.Renewed.class::isInstance)
                .map(Output.Renewed.class::cast)
                .anyMatch(renewed ->
                        renewed.key().keyId().equals(keyId) && renewed.key().epoch() == epoch && renewed.holds());
    }

    void runUntil(BooleanSupplier goal, String what) {
        boolean reached = group.run(STEPS_MAX, goal);
        assertThat(reached)
                .as("%s: %s", what, replicas.stream().map(Replica::status).toList())
                .isTrue();
    }

    /** Wishes at one of these until all of them hold shares of the epoch. */
    void renew(String keyId, long epoch, int... among) {
        renew(keyId, epoch, among[0], holders -> Arrays.stream(among).allMatch(holders::contains));
    }

    /** Whom the network keeps away gets no shares, and does not hold the others up. */
    void renewForQuorum(String keyId, long epoch) {
        renew(keyId, epoch, 0, TRUST::isQuorum);
    }

    private void renew(String keyId, long epoch, int wisher, Predicate<ReplicaSet> enough) {
        int[] steps = {0};
        runUntil(
                () -> {
                    ReplicaSet holders = ReplicaSet.EMPTY;
                    for (int replica : TRUST.all().toList()) {
                        holders = holds(replica, keyId, epoch) ? holders.with(replica) : holders;
                    }
                    if (!enough.test(holders) && steps[0]++ % 4_000 == 0) {
                        group.input((wisher + steps[0] / 4_000) % TRUST.size(), new Input.Renew(keyId));
                    }
                    return enough.test(holders);
                },
                keyId + " in epoch " + epoch);
    }

    /** The key of an epoch, as the replicas tell. */
    DiscreteLogKey key(String keyId, long epoch) {
        return group.outputs(0).stream()
                .filter(Output.Renewed.class::isInstance)
                .map(output -> ((Output.Renewed) output).key())
                .filter(key -> key.keyId().equals(keyId) && key.epoch() == epoch)
                .findFirst()
                .orElseThrow();
    }

    void connectAll(int replica) {
        for (int i = 0; i < TRUST.size(); i++) {
            if (i != replica) {
                group.input(i, new Input.Connected(replica));
                group.input(replica, new Input.Connected(i));
            }
        }
    }

    /** Numbers of the shares of a key on a disk. */
    List<Long> onDisk(int replica, String keyId) {
        return List.copyOf(keepers.get(replica).all(keyId).keySet());
    }

    void assertNobodyIsBlamed() {
        for (int replica : TRUST.all().toList()) {
            assertThat(group.blames(replica)).isEmpty();
        }
    }
}
