package org.maftia.core.agreement;

import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.maftia.core.agreement.BinaryAgreement.Decision;
import org.maftia.core.agreement.BinaryMessage.Ballot;
import org.maftia.core.agreement.BinaryMessage.Decide;
import org.maftia.core.agreement.BinaryMessage.Echo;
import org.maftia.core.agreement.BinaryMessage.Echo2;
import org.maftia.core.agreement.BinaryMessage.Share;
import org.maftia.core.agreement.BinaryMessage.Val;
import org.maftia.core.protocol.Limits;
import org.maftia.core.protocol.Node;
import org.maftia.core.testing.Solo;
import org.maftia.core.trust.FaultStructure;
import org.maftia.core.trust.ReplicaSet;
import org.maftia.core.wire.Digest;
import org.maftia.core.wire.Reader;
import org.maftia.core.wire.Writer;
import org.maftia.simulator.explore.Board;
import org.maftia.simulator.explore.Fingerprint;
import org.maftia.simulator.explore.Frame;
import org.maftia.simulator.explore.Isolated;
import org.maftia.simulator.explore.Model;
import org.maftia.simulator.explore.Process;

/**
 * Some rounds of binary agreement: correct replicas with given inputs, and a fault set that says everything to everybody
 * at any time, other things to each. The coin is open, see {@link OpenCoin}.
 *
 * <p>Promises: no two correct replicas get different values out of a round or decide differently; a value decided was
 * proposed by a correct replica; <em>binding</em>: once a correct replica is past line 6 of a round, not both values can
 * still come out of it, over all futures; no round gets stuck.
 */
final class BinaryModel implements Model<BinaryModel.Heard, BinaryModel.Fact> {
    private static final byte[] NO_PROOF = {};

    private final FaultStructure trust;
    private final List<Integer> correct;
    private final ReplicaSet corrupt;
    private final List<Boolean> inputs;
    private final int[] coin;
    private final int rounds;
    private final List<Heard> lies = new ArrayList<>();

    private final Fingerprint fingerprint = new Fingerprint()
            .constant(FaultStructure.class)
            .constant(Limits.class)
            .constant(org.maftia.core.wire.Codec.class)
            .constant(org.maftia.core.protocol.Path.class)
            .constant(OpenCoin.class)
            .constant(BinaryAgreement.Terms.class)
            .as(BinaryRound.class, this::view)
            // What was said matters to nudges and restarts only, which this model has none of.
            .without(BinaryAgreement.class, "said")
            .without(Node.class, "serial")
            .without(Node.class, "scratch");

    /** A message arrives; from nobody: the replica proposes its input. */
    record Heard(int from, Frame frame) {
        private static final Heard PROPOSE = new Heard(-1, new Frame("proposes", new byte[0]));

        @Override
        public String toString() {
            return this == PROPOSE ? "proposes" : "hears from " + from + ": " + frame;
        }
    }

    /** What is on the board. */
    sealed interface Fact {
        record Said(int from, Frame frame) implements Fact {}

        record Out(int replica, int round, Ballot ballot) implements Fact {}

        record Approved(int replica, int round, boolean value) implements Fact {}

        record Decided(int replica, boolean value) implements Fact {}
    }

    /**
     * @param inputs of the correct replicas, in index order
     * @param coin what comes up, by round
     * @param rounds whose messages arrive
     * @param silent whether the corrupted say nothing: what ends only with their help then gets stuck
     */
    BinaryModel(
            FaultStructure trust, ReplicaSet corrupt, List<Boolean> inputs, int[] coin, int rounds, boolean silent) {
        this.trust = trust;
        this.corrupt = corrupt;
        this.correct = trust.all().minus(corrupt).toList();
        this.inputs = inputs;
        this.coin = coin.clone();
        this.rounds = rounds;
        for (int liar : silent ? List.<Integer>of() : corrupt.toList()) {
            for (int round = 0; round < rounds; round++) {
                for (boolean value : new boolean[] {false, true}) {
                    lie(liar, new Val(round, value, NO_PROOF));
                    lie(liar, new Echo(round, value));
                }
                for (Ballot ballot : Ballot.values()) {
                    lie(liar, new Echo2(round, ballot));
                }
            }
            lie(liar, new Decide(false, NO_PROOF));
            lie(liar, new Decide(true, NO_PROOF));
        }
    }

    /** A round without who else said what has led to its end already: nothing looks at that again. */
    private Object view(BinaryRound round) {
        List<Object> parts = new ArrayList<>();
        parts.add(List.of(round.number, round.valued.toString(), round.echoed, round.echoed2));
        parts.add(List.of(round.released, round.tossing, String.valueOf(round.out), String.valueOf(round.toss)));
        votes("vals", round).forEach((value, voters) -> {
            parts.add(value);
            parts.add(trust.isQuorum(voters) ? "approved" : voters);
        });
        parts.add(round.echoed2 ? "cast" : votes("echoes", round));
        parts.add(round.out != null ? "past" : votes("echoes2", round));
        return parts;
    }

    @SuppressWarnings("unchecked") // the type of all three fields
    private static Map<Ballot, ReplicaSet> votes(String field, BinaryRound round) {
        return (Map<Ballot, ReplicaSet>) Fingerprint.read(BinaryRound.class, field, round);
    }

    private void lie(int liar, BinaryMessage message) {
        Writer writer = new Writer();
        writer.opaque8("test0".getBytes(java.nio.charset.StandardCharsets.US_ASCII));
        new BinaryAgreementCodec(0).write(writer, message);
        lies.add(new Heard(liar, new Frame(name(message), writer.toBytes())));
    }

    private static String name(BinaryMessage message) {
        return switch (message) {
            case Val m -> "Val of round " + m.round() + ": " + m.value();
            case Decide m -> "Decide " + m.value();
            case Echo m -> m.toString();
            case Echo2 m -> m.toString();
            case Share m -> "Share of round " + m.round();
        };
    }

    @Override
    public int processes() {
        return correct.size();
    }

    @Override
    public Process<Heard, Fact> start(int process) {
        return new Member(correct.get(process), inputs.get(process));
    }

    @Override
    public Collection<Heard> events(int process, Board<Fact> board) {
        List<Heard> events = new ArrayList<>(lies);
        events.add(Heard.PROPOSE);
        for (Fact.Said said : board.messages(Fact.Said.class)) {
            if (said.from != correct.get(process)) {
                events.add(new Heard(said.from, said.frame));
            }
        }
        return events;
    }

    /**
     * Each threshold counts messages of one kind in one round. Approval, which another line asks for too, is told, so that
     * what it lets count can be taken in after it.
     */
    @Override
    public long concerns(Heard event) {
        String[] words = event.frame.name().split("[ \\[=,:]+");
        return switch (words[0]) {
            case "Val" -> 2L << Integer.parseInt(words[3]);
            case "Echo" -> 16L << Integer.parseInt(words[2]);
            case "Echo2" -> 128L << Integer.parseInt(words[2]);
            case "Decide" -> 1024;
            default -> 1;
        };
    }

    @Override
    public Optional<String> broken(Board<Fact> board) {
        Map<Ballot, Integer> first = new EnumMap<>(Ballot.class);
        for (Fact.Decided decided : board.messages(Fact.Decided.class)) {
            first.put(Ballot.of(decided.value), decided.replica);
            if (!inputs.contains(decided.value)) {
                return Optional.of(decided + ", which no correct replica proposed");
            }
        }
        if (first.size() > 1) {
            return Optional.of("decided by replica: " + first);
        }
        for (int round = 0; round < rounds; round++) {
            if (values(board, round) == (NO | YES)) {
                return Optional.of("both values come out of round " + round);
            }
        }
        return Optional.empty();
    }

    private static final long NO = 1;
    private static final long YES = 2;
    private static final long PAST = 4;
    private static final int BITS_PER_ROUND = 3;

    private static long values(Board<Fact> board, int round) {
        return past(board, round) & (NO | YES);
    }

    private static long past(Board<Fact> board, int round) {
        long facts = 0;
        for (Fact.Out out : board.messages(Fact.Out.class)) {
            if (out.round == round) {
                facts |= PAST | (out.ballot == Ballot.NO ? NO : out.ballot == Ballot.YES ? YES : 0);
            }
        }
        return facts;
    }

    @Override
    public long facts(Board<Fact> board) {
        long facts = 0;
        for (int round = 0; round < rounds; round++) {
            facts |= past(board, round) << BITS_PER_ROUND * round;
        }
        return facts;
    }

    @Override
    public Optional<String> brokenFuture(Board<Fact> board, long possible) {
        for (int round = 0; round < rounds; round++) {
            boolean past = past(board, round) != 0;
            long values = possible >>> BITS_PER_ROUND * round & (NO | YES);
            if (past && values == (NO | YES)) {
                return Optional.of("a correct replica is past line 6 of round " + round
                        + ", and either value can still come out of it: not binding");
            }
        }
        return Optional.empty();
    }

    @Override
    public Optional<String> brokenEnd(Board<Fact> board) {
        for (int replica : correct) {
            boolean decided = board.messages(Fact.Decided.class).stream().anyMatch(fact -> fact.replica == replica);
            for (int round = 0; round < rounds && !decided; round++) {
                int open = round;
                if (board.messages(Fact.Out.class).stream()
                        .noneMatch(out -> out.replica == replica && out.round == open)) {
                    return Optional.of("replica " + replica + " is stuck in round " + round);
                }
            }
        }
        return Optional.empty();
    }

    /** A correct replica. */
    private final class Member implements Process<Heard, Fact> {
        private final int self;
        private final Node<Consumer<BinaryAgreement>, Decision> node;
        private final Isolated<Consumer<BinaryAgreement>, Decision> replica;
        private final List<BinaryAgreement> agreement = new ArrayList<>();
        private final TreeSet<String> told = new TreeSet<>();
        private final boolean input;

        Member(int self, boolean input) {
            this.self = self;
            this.node = Solo.node(self, trust, Isolated.NOW_MICROS, port -> {
                BinaryAgreement made = new BinaryAgreement(port, new OpenCoin(coin));
                agreement.add(made);
                return made;
            });
            this.replica = new Isolated<>(node);
            this.input = input;
        }

        @Override
        public List<Fact> happen(Heard event) {
            if (event == Heard.PROPOSE) {
                replica.input(child -> child.propose(input));
            } else {
                replica.received(event.from, event.frame.bytes());
            }
            return facts();
        }

        private List<Fact> facts() {
            List<Fact> facts = new ArrayList<>();
            Isolated.Effects<Decision> effects = replica.effects();
            effects.sends().forEach(sent -> {
                Reader reader = new Reader(sent.frame());
                reader.opaque8(org.maftia.core.protocol.Path.LENGTH_MAX);
                BinaryMessage message = new BinaryAgreementCodec(0).read(reader);
                if (isCarried(message)) {
                    facts.add(new Fact.Said(self, new Frame(name(message), sent.frame())));
                }
            });
            effects.outputs().forEach(decision -> facts.add(new Fact.Decided(self, decision.value())));
            for (int round = 0; round < rounds; round++) {
                BinaryRound kept = round(round);
                if (kept != null && kept.out != null && told.add("out " + round)) {
                    facts.add(new Fact.Out(self, round, kept.out));
                }
                for (boolean value : new boolean[] {false, true}) {
                    if (kept != null && kept.isApproved(value) && told.add("approved " + round + value)) {
                        facts.add(new Fact.Approved(self, round, value));
                    }
                }
            }
            return facts;
        }

        @SuppressWarnings("unchecked") // the type of the field
        private @Nullable BinaryRound round(int number) {
            return ((Map<Integer, BinaryRound>) Fingerprint.read(BinaryAgreement.class, "rounds", agreement.getFirst()))
                    .get(number);
        }

        private boolean isCarried(BinaryMessage message) {
            return switch (message) {
                case Val m -> m.round() < rounds;
                case Echo m -> m.round() < rounds;
                case Echo2 m -> m.round() < rounds;
                case Share m -> false;
                case Decide m -> true;
            };
        }

        @Override
        public Digest state() {
            return fingerprint.of(node);
        }
    }
}
