package org.maftia.core.agreement;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.maftia.core.agreement.MultivaluedMessage.Entry;
import org.maftia.core.agreement.MultivaluedMessage.Finish;
import org.maftia.core.agreement.MultivaluedMessage.Halt;
import org.maftia.core.agreement.MultivaluedMessage.Pb1;
import org.maftia.core.agreement.MultivaluedMessage.Pb2;
import org.maftia.core.agreement.MultivaluedMessage.PreVote;
import org.maftia.core.agreement.MultivaluedMessage.PreVoteNull;
import org.maftia.core.agreement.MultivaluedMessage.Sig1;
import org.maftia.core.agreement.MultivaluedMessage.Sig2;
import org.maftia.core.agreement.MultivaluedMessage.Vote;
import org.maftia.core.agreement.Validity.Verdict;
import org.maftia.core.crypto.Certificate;
import org.maftia.core.protocol.Limits;
import org.maftia.core.protocol.Node;
import org.maftia.core.protocol.Path;
import org.maftia.core.protocol.Ready;
import org.maftia.core.testing.IdealCertifier;
import org.maftia.core.testing.Solo;
import org.maftia.core.trust.FaultStructure;
import org.maftia.core.trust.ReplicaSet;
import org.maftia.core.wire.Codec;
import org.maftia.core.wire.Digest;
import org.maftia.core.wire.Reader;
import org.maftia.simulator.explore.Board;
import org.maftia.simulator.explore.Fingerprint;
import org.maftia.simulator.explore.Frame;
import org.maftia.simulator.explore.Isolated;
import org.maftia.simulator.explore.Model;
import org.maftia.simulator.explore.Process;

/**
 * Some views of a multi-valued agreement: view 0 with a given leader, later ones with leaders that the adversary elects
 * beforehand. Correct replicas run the code of production; the corrupted say whatever {@link MultivaluedLies} can make of
 * what has been signed.
 *
 * <p>Owners who are not elected can neither decide nor bind anything, so their proposals are left out. That a quorum of
 * owners finished is given: the share of the coin may be asked of everybody at any time, which is more than DONE allows.
 * ({@link RelayModel} looks at DONE itself.) Messages of later views are not shown before a replica enters them, instead of
 * being held back by it. Certificates that prove the same count as the same.
 *
 * <p>Promises: no two correct replicas decide differently; nothing invalid is decided; nobody is left in a view for good.
 */
final class MultivaluedModel implements Model<MultivaluedModel.Event, MultivaluedModel.Fact> {
    static final byte[] X = {'x'};
    static final byte[] Y = {'y'};
    static final byte[] INVALID = {'z'};
    static final Path PATH = Path.ROOT.child("test", 0);
    private static final long PATIENCE_MICROS = 1000;

    final FaultStructure trust;
    final ReplicaSet corrupt;
    final int[] leaders;
    private final List<Integer> correct;
    private final MultivaluedLies lies;
    private final Fingerprint fingerprint = fingerprint();

    /** What may happen to a replica. */
    sealed interface Event {
        record Propose() implements Event {}

        /** The first leader took too long. */
        record Patience() implements Event {}

        record Heard(int from, Frame frame) implements Event {}
    }

    /** What is on the board. */
    sealed interface Fact {
        /**
         * @param what the message, for the adversary to take signatures from; its name is the frame's
         */
        record Said(int from, Frame frame, Content what) implements Fact {}

        record Entered(int replica, int view) implements Fact {}

        record Decided(int replica, String value) implements Fact {}
    }

    /** A message that counts by the name of its frame alone. */
    record Content(MultivaluedMessage message) {
        @Override
        public boolean equals(@Nullable Object other) {
            return other instanceof Content;
        }

        @Override
        public int hashCode() {
            return 0;
        }
    }

    /** @param leaders of views 0, 1 and so on: as many views as are looked at */
    MultivaluedModel(FaultStructure trust, ReplicaSet corrupt, int... leaders) {
        this.trust = trust;
        this.corrupt = corrupt;
        this.leaders = leaders.clone();
        this.correct = trust.all().minus(corrupt).toList();
        this.lies = new MultivaluedLies(this);
    }

    static Fingerprint fingerprint() {
        return new Fingerprint()
                .constant(FaultStructure.class)
                .constant(Limits.class)
                .constant(Codec.class)
                .constant(Path.class)
                .constant(Seals.class)
                .as(Certificate.class, certificate -> "it holds")
                .as(View.class, MultivaluedModel::view)
                .without(Node.class, "serial")
                .without(Node.class, "scratch")
                .without("org.maftia.core.protocol.Node$Alarm", "order");
    }

    /** A view without who else said what has led to its end already: nothing looks at that again. */
    private static Object view(View view) {
        List<Object> parts = new ArrayList<>();
        parts.add(view.number);
        parts.add(view.leader);
        parts.add(List.of(view.seen, view.unjudged.keySet(), view.signed1, view.signed2.keySet(), view.locks));
        parts.add(view.proposal == null ? "none" : name(view.proposal));
        parts.add(view.ownLock == null ? view.sigs1.keySet() : "locked");
        parts.add(view.finish == null ? view.sigs2.keySet() : "finished");
        parts.add(List.of(view.finishes.keySet(), view.shares.keySet(), view.done != null));
        parts.add(view.preVoted == null ? "none" : name(view.preVoted));
        parts.add(view.voted == null ? view.preVotes : name(view.voted));
        parts.add(view.votes);
        return parts;
    }

    @Override
    public int processes() {
        return correct.size();
    }

    @Override
    public Process<Event, Fact> start(int process) {
        return new Member(correct.get(process));
    }

    @Override
    public Collection<Event> events(int process, Board<Fact> board) {
        int self = correct.get(process);
        int view = view(self, board);
        List<Event> events = new ArrayList<>();
        if (self == leaders[0]) {
            events.add(new Event.Propose());
        }
        if (view == 0) {
            events.add(new Event.Patience());
        }
        if (view < leaders.length) {
            events.addAll(lies.to(self, view, board));
        }
        boolean elected = isElected(self, view, board);
        for (Fact.Said said : board.messages(Fact.Said.class)) {
            if (said.from != self && concerns(said.what.message, self, view, elected)) {
                events.add(new Event.Heard(said.from, said.frame));
            }
        }
        return events;
    }

    private static int view(int replica, Board<Fact> board) {
        int view = 0;
        for (Fact.Entered entered : board.messages(Fact.Entered.class)) {
            view = entered.replica == replica ? Math.max(view, entered.view) : view;
        }
        return view;
    }

    /** Whether the message can mean anything there and now. */
    private static boolean concerns(MultivaluedMessage message, int self, int view, boolean elected) {
        return switch (message) {
            case Halt m -> true;
            case Entry m -> m.view() > view;
            case Pb1 m -> m.view() >= view;
            case Sig1 m -> m.view() == view && m.owner() == self;
            case Sig2 m -> m.view() == view && m.owner() == self;
            case PreVote m -> m.view() == view && elected;
            case Vote m -> m.view() == view && elected;
            default -> message.view() == view;
        };
    }

    /** From the toss on votes count, and before they are only kept. */
    boolean isElected(int self, int view, Board<Fact> board) {
        return view == 0
                || board.messages(Fact.Said.class).stream()
                        .anyMatch(said -> said.from == self
                                && said.what.message instanceof PreVote
                                && said.what.message.view() == view);
    }

    /** Each threshold counts messages of one kind. */
    @Override
    public long concerns(Event event) {
        return event instanceof Event.Heard heard
                ? switch (heard.frame.name().split(" ")[0]) {
                    case "Sig1" -> 2;
                    case "Sig2" -> 4;
                    case "PreVote" -> 8;
                    case "Vote" -> 16;
                    default -> 1;
                }
                : 1;
    }

    @Override
    public Optional<String> broken(Board<Fact> board) {
        TreeSet<String> values = new TreeSet<>();
        for (Fact.Decided decided : board.messages(Fact.Decided.class)) {
            values.add(decided.value);
        }
        if (values.contains(text(INVALID))) {
            return Optional.of("an invalid value is decided");
        }
        return values.size() > 1 ? Optional.of("two values are decided: " + values) : Optional.empty();
    }

    @Override
    public Optional<String> brokenEnd(Board<Fact> board) {
        for (int replica : correct) {
            boolean decided = board.messages(Fact.Decided.class).stream().anyMatch(fact -> fact.replica == replica);
            if (!decided && view(replica, board) < leaders.length) {
                return Optional.of("replica " + replica + " is stuck in view " + view(replica, board));
            }
        }
        return Optional.empty();
    }

    static String text(byte[] value) {
        return new String(value, StandardCharsets.US_ASCII);
    }

    /** Content without signatures: two messages of one name do the same everywhere. */
    static String name(MultivaluedMessage message) {
        return switch (message) {
            case Pb1 m -> "Pb1 " + text(m.value()) + " " + name(m.chain());
            case Sig1 m -> "Sig1 of view " + m.view() + " for " + m.owner() + ", " + valued(m.hash());
            case Pb2 m -> "Pb2 of view " + m.view() + ": " + text(m.lock().value());
            case Sig2 m -> "Sig2 of view " + m.view() + " for " + m.owner() + ", " + valued(m.hash());
            case Finish m -> "Finish of view " + m.view() + " by " + m.owner() + ": " + text(m.value());
            case MultivaluedMessage.Done m ->
                "Done of view " + m.view() + " with "
                        + m.finishes().stream().map(Finish::owner).toList();
            case MultivaluedMessage.PreVoteLock m ->
                "PreVote of view " + m.view() + ": " + text(m.lock().value());
            case PreVoteNull m -> "PreVote of view " + m.view() + ": null";
            case MultivaluedMessage.VoteYes m ->
                "Vote of view " + m.view() + ": yes " + text(m.lock().value());
            case MultivaluedMessage.VoteNo m -> "Vote of view " + m.view() + ": no";
            case Entry m -> "Entry " + name(m.chain());
            case Halt m ->
                "Halt " + text(m.value()) + (m.voted() ? " by votes" : " by Finish") + " of view " + m.view();
            case MultivaluedMessage.Input m -> "Input";
        };
    }

    private static String valued(Digest hash) {
        return Arrays.asList(X, Y, INVALID).stream()
                .filter(value -> Seals.hash(value).equals(hash))
                .map(MultivaluedModel::text)
                .findFirst()
                .orElse("?");
    }

    static String name(Chain chain) {
        Chain.Mixed mixed = chain.mixed();
        String lock = mixed == null ? "free" : "bound to " + text(mixed.lock().value());
        return "(views " + chain.first() + " to " + (chain.end() - 1) + " closed, " + lock + ")";
    }

    Frame frame(MultivaluedMessage message) {
        org.maftia.core.wire.Writer writer = new org.maftia.core.wire.Writer();
        writer.opaque8(PATH.toString().getBytes(StandardCharsets.US_ASCII));
        new MultivaluedAgreementCodec(trust.size()).write(writer, message);
        return new Frame(name(message) + (isShort(message) ? ", signed by too few" : ""), writer.toBytes());
    }

    /** Messages of one name do the same, so those that prove nothing need a name of their own. */
    private boolean isShort(MultivaluedMessage message) {
        Certificate proof = switch (message) {
            case Pb2 m -> m.lock().s1();
            case Finish m -> m.s2();
            case Halt m -> m.proof();
            default -> null;
        };
        return proof != null && !trust.isQuorum(proof.signers());
    }

    MultivaluedMessage message(byte[] frame) {
        Reader reader = new Reader(frame);
        reader.opaque8(Path.LENGTH_MAX);
        return new MultivaluedAgreementCodec(trust.size()).read(reader);
    }

    private static Verdict judge(byte[] value) {
        return Arrays.equals(value, INVALID) ? Verdict.INVALID : Verdict.VALID;
    }

    /** A correct replica. */
    private final class Member implements Process<Event, Fact> {
        private final int self;
        private final Node<Consumer<MultivaluedAgreement>, byte[]> node;
        private final Isolated<Consumer<MultivaluedAgreement>, byte[]> replica;
        private String end = "";

        Member(int self) {
            this.self = self;
            this.node = Solo.node(
                    self,
                    trust,
                    Isolated.NOW_MICROS,
                    port -> new MultivaluedAgreement(
                            port,
                            new IdealCertifier(self),
                            new OpenCoin(leaders),
                            Digest.ZERO,
                            new Leadership(leaders[0], PATIENCE_MICROS),
                            MultivaluedModel::judge));
            this.replica = new Isolated<>(node);
            if (self != leaders[0]) {
                propose();
                replica.effects();
            }
        }

        private void propose() {
            replica.input(child -> child.propose(self % 2 == 0 ? X : Y));
        }

        @Override
        public List<Fact> happen(Event event) {
            switch (event) {
                case Event.Propose e -> propose();
                case Event.Patience e -> replica.elapse(PATIENCE_MICROS * 2);
                case Event.Heard e -> replica.received(e.from, e.frame.bytes());
            }
            Isolated.Effects<byte[]> effects = replica.effects();
            List<Fact> facts = new ArrayList<>();
            for (Ready.Storage stored : effects.storage()) {
                if (stored instanceof Ready.Storage.Append append && message(append.record()) instanceof Entry entry) {
                    facts.add(new Fact.Entered(self, entry.view()));
                }
            }
            for (Ready.Outgoing sent : effects.sends()) {
                MultivaluedMessage message = message(sent.frame());
                if (isCarried(message)) {
                    facts.add(new Fact.Said(self, frame(message), new Content(message)));
                }
            }
            for (byte[] value : effects.outputs()) {
                end = text(value);
                facts.add(new Fact.Decided(self, end));
            }
            return facts;
        }

        private boolean isCarried(MultivaluedMessage message) {
            return switch (message) {
                case Pb1 m -> m.view() < leaders.length && leaders[m.view()] == self;
                case MultivaluedMessage.Done m -> false;
                case Entry m -> true;
                default -> message.view() < leaders.length;
            };
        }

        @Override
        public Digest state() {
            // Whoever has the end hears nothing more.
            return fingerprint.of(end.isEmpty() ? node : end);
        }
    }
}
