package org.maftia.core.keys;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SortedMap;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.maftia.core.crypto.DiscreteLogDealer;
import org.maftia.core.crypto.DiscreteLogKey;
import org.maftia.core.crypto.DiscreteLogShares;
import org.maftia.core.protocol.Node;
import org.maftia.core.protocol.Port;
import org.maftia.core.protocol.Ready;
import org.maftia.core.testing.MemoryKeeper;
import org.maftia.core.testing.SeededEntropy;
import org.maftia.core.testing.Solo;
import org.maftia.core.trust.FaultStructure;
import org.maftia.core.trust.ReplicaSet;
import org.maftia.core.wire.Reader;
import org.maftia.core.wire.Writer;

/**
 * Members of a group around an ideal log, under a scheduler that draws from a seed who executes when, which computation ends,
 * who crashes, and what the log takes next. After every slot equal positions must mean equal ledgers, and nobody may be blamed
 * but the corrupted.
 */
final class KeyGroup {
    static final String KEY = "coin";

    /** Short, so that runs are. */
    static final KeyUpkeep.Pace PACE = new KeyUpkeep.Pace(0, 1_000, 2_000_000, 20_000_000);

    private static final long START_MICROS = 1_700_000_000_000_000L;

    /** What a corrupted member says in the place of what a correct one would. */
    @FunctionalInterface
    interface Lie {
        List<KeyMessage> instead(KeyMessage truth, SplittableRandom random);

        Lie NONE = (truth, random) -> List.of(truth);
    }

    private record Said(int author, byte[] message) {}

    private record Slot(long timeMicros, List<Said> said) {}

    final FaultStructure trust;
    final SplittableRandom random;
    final KeyUpkeep upkeep;
    final DiscreteLogKey genesis;
    final List<Member> members = new ArrayList<>();

    /** The key that each epoch had. */
    final SortedMap<Long, DiscreteLogKey> epochs = new TreeMap<>();

    /** The attempt that made it. */
    final SortedMap<Long, Long> makers = new TreeMap<>();

    ReplicaSet corrupted = ReplicaSet.EMPTY;
    Lie lie = Lie.NONE;
    int crashPerMille;
    private final List<Slot> log = new ArrayList<>();
    private final List<Said> pending = new ArrayList<>();
    private final SortedMap<Integer, byte[]> ledgers = new TreeMap<>();
    private long nowMicros = START_MICROS;

    /** @param made from a formula: the upkeep of the group */
    KeyGroup(FaultStructure trust, KeyUpkeep upkeep, DiscreteLogDealer.@Nullable Dealing dealing, long seed) {
        this(trust, upkeep, dealing, seed, false);
    }

    KeyGroup(
            FaultStructure trust,
            KeyUpkeep upkeep,
            DiscreteLogDealer.@Nullable Dealing dealing,
            long seed,
            boolean hoarding) {
        this.trust = trust;
        this.upkeep = upkeep;
        this.random = new SplittableRandom(seed);
        for (int i = 0; i < trust.size(); i++) {
            MemoryKeeper keeper = new MemoryKeeper(hoarding);
            if (dealing != null) {
                keeper.keep(KEY, 0, DiscreteLogShares.CODEC.encode(dealing.sharesOf(i)));
            }
            members.add(new Member(i, keeper));
        }
        DiscreteLogKey dealt = upkeep.dealt();
        this.genesis = dealt != null
                ? dealt
                : DiscreteLogDealer.deal("none", KEY, upkeep.formula(), new SeededEntropy(0))
                        .key();
        if (dealt != null) {
            epochs.put(dealt.epoch(), dealt);
            makers.put(dealt.epoch(), 0L);
        }
        members.forEach(Member::start);
    }

    /** A group that begins with a dealt key. */
    static KeyGroup dealt(FaultStructure trust, KeyUpkeep.Pace pace, long seed, boolean hoarding) {
        var dealing = DiscreteLogDealer.deal("group", KEY, trust.sharing(), new SeededEntropy(seed));
        KeyUpkeep upkeep = new KeyUpkeep("group", KEY, trust.sharing(), dealing.key(), pace);
        return new KeyGroup(trust, upkeep, dealing, seed, hoarding);
    }

    /** One member with its disk of secrets. */
    final class Member {
        final int index;
        final MemoryKeeper keeper;
        private final List<Ready.Computation> computing = new ArrayList<>();
        private KeyLedger ledger;
        private @Nullable Node<Consumer<KeyMember>, KeyMember.Event> node;

        /** What survives a crash besides the keeper: a state at some position of the log. */
        private byte @Nullable [] snapshot;

        private int snapshotPosition;
        int position;

        /** As told to whoever uses the key. */
        @Nullable
        DiscreteLogKey present;

        boolean holds;

        /** Up, and cut off from the log. */
        boolean cutOff;

        Member(int index, MemoryKeeper keeper) {
            this.index = index;
            this.keeper = keeper;
            this.ledger = freshLedger();
        }

        private KeyLedger freshLedger() {
            return new KeyLedger(trust, List.of(upkeep), new Heard(this));
        }

        void start() {
            ledger = freshLedger();
            position = 0;
            byte[] state = snapshot;
            if (state != null) {
                ledger.read(new Reader(state));
                position = snapshotPosition;
            }
            KeyLedger mine = ledger;
            node = Solo.node(
                    index,
                    trust,
                    nowMicros,
                    (Port<KeyMember.Nothing, KeyMember.Event> port) -> new KeyMember(
                            port, mine, new KeyCare(List.of(upkeep), keeper, new SeededEntropy(random.nextLong()))));
            node.start(List.of());
            call(KeyMember::act);
        }

        void crash() {
            node = null;
            computing.clear();
        }

        boolean isUp() {
            return node != null;
        }

        private void call(Consumer<KeyMember> what) {
            Node<Consumer<KeyMember>, KeyMember.Event> live = node;
            if (live != null) {
                live.input(what, nowMicros);
                drain(live);
            }
        }

        private void drain(Node<Consumer<KeyMember>, KeyMember.Event> live) {
            Ready<KeyMember.Event> ready = live.drain();
            assertThat(ready.storage()).as("nothing goes into the journal").isEmpty();
            assertThat(ready.sends()).as("everything goes through the log").isEmpty();
            computing.addAll(ready.computations());
            ready.outputs().forEach(this::told);
        }

        private void told(KeyMember.Event event) {
            switch (event) {
                case KeyMember.Event.Order order -> say(index, order.message());
                case KeyMember.Event.Present now -> {
                    present = now.key();
                    holds = now.held().isPresent();
                    now.held()
                            .ifPresent(held ->
                                    assertThat(held.shares().match(now.key())).isTrue());
                }
            }
        }

        /** Executes the next slot of the log, and keeps a state now and then. */
        private void execute() {
            Slot slot = log.get(position);
            ledger.slot(position + 1, 0, slot.timeMicros);
            for (Said said : slot.said) {
                ledger.apply(said.author, KeyMessage.CODEC.decode(said.message), slot.timeMicros);
            }
            position++;
            Writer writer = new Writer();
            ledger.write(writer);
            byte[] bytes = writer.toBytes();
            assertThat(bytes).isEqualTo(ledgers.computeIfAbsent(position, key -> bytes));
            call(KeyMember::act);
            if (random.nextInt(4) == 0) {
                snapshot = bytes;
                snapshotPosition = position;
                // A checkpoint: nobody needs what was before the present epoch.
                call(member -> member.release(KEY));
            }
        }

        private void compute() {
            Ready.Computation task = computing.remove(random.nextInt(computing.size()));
            Object result = task.task().get();
            Node<Consumer<KeyMember>, KeyMember.Event> live = node;
            if (random.nextInt(1000) < crashPerMille) {
                crash(); // what the computation did to the disk stays, and nobody heard of it
            } else if (live != null) {
                live.computed(task.id(), result, nowMicros);
                drain(live);
            }
        }

        /** When its own clock says that something is due, it sees to it that agreed time goes on. */
        private void tick() {
            if (isUp() && ledger.nextMicros() <= nowMicros && position == log.size()) {
                slot();
            }
        }

        boolean isBusy() {
            return isUp() && (!computing.isEmpty() || position < log.size());
        }

        /** Whether its disk has shares that fit the key. */
        boolean hasSharesOf(DiscreteLogKey key) {
            return keeper.all(KEY).values().stream()
                    .anyMatch(bytes -> DiscreteLogShares.CODEC.decode(bytes).match(key));
        }

        KeyLedger ledger() {
            return ledger;
        }
    }

    private final class Heard implements KeyLedger.Listener {
        private final Member member;

        Heard(Member member) {
            this.member = member;
        }

        @Override
        public void blame(int replica, String rule) {
            assertThat(corrupted.contains(replica))
                    .as("r%d blames r%d: %s", member.index, replica, rule)
                    .isTrue();
            blamed.add(replica + " " + rule);
        }

        @Override
        public void begun(String keyId, long attempt) {}

        @Override
        public void finished(DiscreteLogKey key) {
            DiscreteLogKey known = epochs.get(key.epoch());
            if (known != null) {
                assertThat(key.publicKey()).isEqualTo(known.publicKey());
            } else {
                epochs.put(key.epoch(), key);
                makers.put(key.epoch(), member.ledger.life(KEY).madeBy());
                ReplicaSet able = ReplicaSet.EMPTY;
                for (Member one : members) {
                    boolean has = !corrupted.contains(one.index) && one.hasSharesOf(key);
                    able = has ? able.with(one.index) : able;
                }
                assertThat(upkeep.formula().isQualified(able))
                        .as("those who can use epoch %d when it begins: %s", key.epoch(), able)
                        .isTrue();
            }
        }

        @Override
        public void cancelled(String keyId, long attempt) {
            cancelled++;
        }
    }

    final List<String> blamed = new ArrayList<>();
    int cancelled;

    /** The member says this, or lies. */
    private void say(int author, KeyMessage message) {
        List<KeyMessage> said = corrupted.contains(author) ? lie.instead(message, random) : List.of(message);
        said.forEach(what -> pending.add(new Said(author, KeyMessage.CODEC.encode(what))));
    }

    /** Whatever a corrupted member comes upon. */
    void inject(int author, KeyMessage message) {
        pending.add(new Said(author, KeyMessage.CODEC.encode(message)));
    }

    /** Whether the member has said so much of late that the log has not taken yet. */
    boolean hasSaid(int member) {
        return pending.stream().anyMatch(said -> said.author == member);
    }

    void wish() {
        inject(members.getFirst().index, new KeyMessage.Wish(KEY));
    }

    /** Wishes until an attempt is under way. */
    void begin() {
        assertThat(run(10_000, () -> {
                    if (pending.isEmpty()) {
                        wish();
                    }
                    return members.stream().allMatch(member -> member.ledger.attempt(KEY) > 0);
                }))
                .isTrue();
    }

    long nowMicros() {
        return nowMicros;
    }

    void pass(long micros) {
        nowMicros += micros;
    }

    /** The log takes some of what was said, in any order. */
    private void slot() {
        List<Said> taken = new ArrayList<>();
        for (int i = random.nextInt(3); i >= 0 && !pending.isEmpty(); i--) {
            taken.add(pending.remove(random.nextInt(pending.size())));
        }
        log.add(new Slot(nowMicros, taken));
    }

    /** One event, drawn. False when only time can bring one. */
    private boolean step() {
        nowMicros += random.nextInt(1000);
        Member member = members.get(random.nextInt(members.size()));
        if (member.cutOff) {
            return true;
        }
        member.tick();
        if (!member.isUp()) {
            member.start();
            return true;
        }
        if (random.nextInt(1000) < crashPerMille) {
            member.crash();
            return true;
        }
        if (!pending.isEmpty() && random.nextInt(3) == 0) {
            slot();
            return true;
        }
        if (!member.computing.isEmpty() && (random.nextBoolean() || member.position == log.size())) {
            member.compute();
            return true;
        }
        if (member.position < log.size()) {
            member.execute();
            return true;
        }
        return !pending.isEmpty() || members.stream().anyMatch(one -> !one.isUp() || one.isBusy());
    }

    /** Until the goal holds; time passes where nothing else happens. */
    boolean run(int stepsMax, BooleanSupplier goal) {
        for (int i = 0; i < stepsMax; i++) {
            if (goal.getAsBoolean()) {
                return true;
            }
            if (!step()) {
                nowMicros += 250_000;
            }
        }
        return goal.getAsBoolean();
    }

    /** Until nothing is under way. */
    void calm() {
        int crashes = crashPerMille;
        crashPerMille = 0;
        assertThat(run(
                        50_000,
                        () -> pending.isEmpty()
                                && members.stream().allMatch(member -> member.isUp() && !member.isBusy())))
                .isTrue();
        crashPerMille = crashes;
    }

    long epoch() {
        return epochs.isEmpty() ? -1 : epochs.lastKey();
    }

    DiscreteLogKey key(long epoch) {
        DiscreteLogKey key = epochs.get(epoch);
        assertThat(key).isNotNull();
        return key;
    }

    /** Brings the group into the next epoch. */
    void renew() {
        long next = epoch() + 1;
        assertThat(run(100_000, () -> {
                    if (epoch() < next
                            && members.stream().allMatch(one -> one.ledger.attempt(KEY) == 0)
                            && pending.isEmpty()) {
                        nowMicros += PACE.rest();
                        wish();
                    }
                    return epoch() >= next;
                }))
                .as("epoch %d begins", next)
                .isTrue();
    }

    ReplicaSet correct() {
        return trust.all().minus(corrupted);
    }

    boolean isEverywhere(byte[] publicKey) {
        return members.stream()
                .filter(member -> !corrupted.contains(member.index))
                .allMatch(member -> member.present != null && Arrays.equals(member.present.publicKey(), publicKey));
    }
}
