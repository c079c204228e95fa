package org.maftia.core.ordering.hybrid;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Consumer;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.maftia.core.crypto.IdealComponents;
import org.maftia.core.crypto.Transcript;
import org.maftia.core.ordering.AtomicBroadcast;
import org.maftia.core.ordering.Decision;
import org.maftia.core.ordering.Era;
import org.maftia.core.ordering.KnownBatches;
import org.maftia.core.ordering.Outline;
import org.maftia.core.ordering.Request;
import org.maftia.core.ordering.RequestId;
import org.maftia.core.ordering.Seal;
import org.maftia.core.protocol.Attestation;
import org.maftia.core.protocol.Attestation.Ui;
import org.maftia.core.protocol.Limits;
import org.maftia.core.protocol.Node;
import org.maftia.core.protocol.Ready;
import org.maftia.core.protocol.TrustedCall;
import org.maftia.core.testing.IdealCertifier;
import org.maftia.core.testing.Solo;
import org.maftia.core.trust.FaultStructure;
import org.maftia.core.wire.Digest;
import org.maftia.core.wire.Reader;
import org.maftia.core.wire.Writer;

/**
 * One replica of three with its component, told what happens by a text file, and all that it does about it. The files are
 * reviewed as prose; {@code -Dmaftia.rewrite=true} writes them anew. A block is some commands, a line {@code ----}, and the
 * effects. Requests are {@code client.sequence}; batches get names, which stand for their digests.
 */
class HybridTranscriptTest {
    private static final Path FOLDER = Path.of("src/test/resources/org/maftia/core/ordering/hybrid");
    private static final String EFFECTS = "----";

    @ParameterizedTest
    @ValueSource(strings = {"follower", "leader", "liar", "mover", "restart", "patience", "named", "naming", "helper"})
    void replicaDoesWhatTheTranscriptSays(String name) throws IOException {
        Path file = FOLDER.resolve(name + ".txt");
        String expected = Files.readString(file);
        String actual = new Interpreter().run(expected);
        if (Boolean.getBoolean("maftia.rewrite")) {
            Files.writeString(file, actual);
        }
        assertThat(actual).isEqualTo(expected);
    }

    private static final class Interpreter {
        private static final Digest CONFIGURATION = Transcript.of("test").digest();
        private static final int STREAM = 3;
        private static final int SIZE = 3;
        private static final byte[] ADDRESS = "test0".getBytes(StandardCharsets.US_ASCII);
        private static final HybridCodec CODEC = new HybridCodec(CONFIGURATION, Limits.DEFAULT);

        private final FaultStructure trust = FaultStructure.threshold(SIZE, 1);
        private final IdealComponents components = new IdealComponents(1, SIZE);
        private final Statements statements = new Statements(CONFIGURATION);
        private final Map<String, Batch> names = new LinkedHashMap<>();
        private final Map<String, Ui> proposals = new LinkedHashMap<>();
        /** What this replica named for a slot. */
        private final Map<Long, Digest> own = new LinkedHashMap<>();

        private final List<byte[]> journal = new ArrayList<>();
        private long now = 1_000_000;
        private int self;
        private Node<Consumer<HybridOrdering>, AtomicBroadcast.Event> node = node(0);

        private Node<Consumer<HybridOrdering>, AtomicBroadcast.Event> node(int index) {
            self = index;
            IdealCertifier certifier = new IdealCertifier(index);
            return Solo.<HybridMessage, AtomicBroadcast.Event, HybridOrdering>node(
                    index,
                    trust,
                    now,
                    port -> new HybridOrdering(
                            port,
                            new TrustedComponents(components, STREAM, Collections.nCopies(SIZE, 0L), 1),
                            certifier,
                            certifier,
                            CONFIGURATION,
                            id -> AtomicBroadcast.Standing.OPEN,
                            new Era(0, Collections.nCopies(SIZE, 0L), 0, 0)));
        }

        String run(String text) {
            List<String> blocks = new ArrayList<>();
            for (String block : text.strip().split("\n\n")) {
                List<String> lines = new ArrayList<>();
                for (String line : block.split("\n")) {
                    if (line.equals(EFFECTS)) {
                        break;
                    }
                    lines.add(line);
                }
                List<String> effects = new ArrayList<>();
                for (String line : lines) {
                    if (!line.startsWith("#")) {
                        command(line.split(" "));
                        effects.addAll(effects());
                    }
                }
                lines.add(EFFECTS);
                lines.addAll(effects);
                blocks.add(String.join("\n", lines));
            }
            return String.join("\n\n", blocks) + "\n";
        }

        private void command(String[] words) {
            now += 10;
            switch (words[0]) {
                case "replica" -> start(Integer.parseInt(words[1]));
                case "restart" -> start(self);
                case "forget" -> journal.clear();
                case "submit" -> requests(words, 1).forEach(request -> node.input(o -> o.submit(request), now));
                case "prepare" -> prepare(words);
                case "name" -> name(words);
                case "held" -> receive(Integer.parseInt(words[1]), new HybridMessage.Held(batch(words[2])));
                case "want" -> {
                    long slot = number(words[2]);
                    Digest named = Objects.requireNonNull(own.get(slot));
                    receive(Integer.parseInt(words[1]), new HybridMessage.WantBatch(slot, named));
                }
                case "commit" -> commit(words);
                case "demand" -> receive(Integer.parseInt(words[1]), new HybridMessage.Demand(number(words[2])));
                case "move" -> move(words);
                case "status" ->
                    receive(
                            Integer.parseInt(words[1]),
                            new HybridMessage.Status(number(words[2]), number(words[2]), number(words[3]), 0, false));
                case "advance" -> now += Long.parseLong(words[1]);
                default -> throw new IllegalArgumentException(String.join(" ", words));
            }
            while (node.nextWakeMicros() <= now) {
                node.tick(now);
            }
        }

        private void start(int index) {
            node = node(index);
            node.start(List.copyOf(journal));
        }

        private void receive(int from, HybridMessage message) {
            Writer writer = new Writer();
            writer.opaque8(ADDRESS);
            CODEC.write(writer, message);
            node.received(from, writer.toBytes(), now);
        }

        /** {@code prepare LEADER vV sS NAME requests}: its component certifies it, whatever place that is. */
        private void prepare(String[] words) {
            receive(Integer.parseInt(words[1]), proposal(words));
        }

        /** {@code name LEADER vV sS NAME requests}: the same, by the names of the clients' batches. */
        private void name(String[] words) {
            HybridMessage.Prepare prepare = proposal(words);
            Batch batch = prepare.batch();
            KnownBatches known = new KnownBatches(Limits.DEFAULT);
            batch.requests().forEach(known::note);
            receive(
                    Integer.parseInt(words[1]),
                    new HybridMessage.Outlined(
                            prepare.view(),
                            batch.slot(),
                            batch.timeMicros(),
                            Outline.of(batch.sealed(), known),
                            batch.digest(),
                            prepare.ui()));
        }

        private HybridMessage.Prepare proposal(String[] words) {
            long view = number(words[2]);
            Batch batch = Batch.of(CONFIGURATION, number(words[3]), now, requests(words, 5));
            names.put(words[4], batch);
            int leader = Integer.parseInt(words[1]);
            Ui ui = ui(leader, 0, statements.prepare(view, batch.slot(), batch.digest()));
            proposals.put(words[4], ui);
            return new HybridMessage.Prepare(view, batch, ui);
        }

        private Batch batch(String name) {
            return Objects.requireNonNull(names.get(name));
        }

        /** {@code commit REPLICA vV NAME}, with a last word {@code again} for a false tag. */
        private void commit(String[] words) {
            int from = Integer.parseInt(words[1]);
            Batch batch = batch(words[3]);
            Ui proposal = Objects.requireNonNull(proposals.get(words[3]));
            Ui ui = ui(from, 1, statements.commit(number(words[2]), batch.slot(), batch.digest(), proposal));
            if (words.length > 4) {
                ui = new Ui(from, 0, 1, ui.counter() + 1, ui.view(), ui.checkpoint(), ui.digest(), ui.tag());
            }
            receive(
                    from,
                    new HybridMessage.Commit(new Vote(number(words[2]), batch.slot(), batch.digest(), proposal, ui)));
        }

        /** {@code move REPLICA vV}: it moves, and says that it never certified anything. */
        private void move(String[] words) {
            int from = Integer.parseInt(words[1]);
            Account account = new Account(from, number(words[2]), null, null, null, List.of(), List.of());
            Attestation fence = components
                    .call(
                            from,
                            new TrustedCall.Raise(
                                    STREAM, Attestation.Mark.VIEW, number(words[2]), statements.account(account)))
                    .orElseThrow();
            receive(from, new HybridMessage.Moved(new ViewChange(account, (Attestation.Fence) fence)));
        }

        private Ui ui(int replica, int lane, Digest digest) {
            return (Ui) components
                    .call(replica, new TrustedCall.CreateUi(STREAM, lane, digest))
                    .orElseThrow();
        }

        private static long number(String word) {
            return Long.parseLong(word.substring(1));
        }

        private static List<Request> requests(String[] words, int from) {
            return Arrays.stream(words)
                    .skip(from)
                    .map(word -> word.split("\\."))
                    .map(parts -> request(Integer.parseInt(parts[0]), Integer.parseInt(parts[1])))
                    .toList();
        }

        private static Request request(int client, int sequence) {
            Request bare = new Request(new RequestId(client, 1, sequence), new byte[] {1});
            // The signature of client 666 is another's.
            int signer = client == 666 ? 0 : client;
            return Seal.sealed(CONFIGURATION, List.of(bare), new IdealCertifier(signer)::sign)
                    .getFirst();
        }

        private List<String> effects() {
            List<String> lines = new ArrayList<>();
            for (Ready<AtomicBroadcast.Event> ready = node.drain(); !ready.isEmpty(); ready = node.drain()) {
                for (Ready.Storage change : ready.storage()) {
                    if (change instanceof Ready.Storage.Append append) {
                        journal.add(append.record());
                        lines.add("persist " + text(append.record()));
                    }
                }
                List<Ready.Outgoing> sends = new ArrayList<>(ready.sends());
                while (!sends.isEmpty()) {
                    byte[] frame = sends.getFirst().frame();
                    List<Integer> to = sends.stream()
                            .filter(send -> Arrays.equals(send.frame(), frame))
                            .map(Ready.Outgoing::to)
                            .distinct()
                            .toList();
                    sends.removeIf(send -> Arrays.equals(send.frame(), frame));
                    lines.add((to.size() == 2 ? "all " : "send " + to + " ") + text(frame));
                }
                ready.outputs().forEach(output -> lines.add("output " + text(output)));
                ready.blames().forEach(blame -> lines.add("blame " + blame.replica() + " " + blame.rule()));
                for (Ready.Computation computation : ready.computations()) {
                    node.computed(computation.id(), computation.task().get(), now);
                }
                for (Ready.Certification asked : ready.certifications()) {
                    Optional<Attestation> answer = components.call(self, asked.call());
                    lines.add("certify " + text(asked.call()) + " -> "
                            + answer.map(Object::toString).orElse("nothing"));
                    node.computed(asked.id(), answer, now);
                }
            }
            return lines;
        }

        private static String text(TrustedCall call) {
            return switch (call) {
                case TrustedCall.CreateUi create -> "lane " + create.lane();
                case TrustedCall.Raise raise -> raise.mark() + " to " + raise.value();
                case TrustedCall.LastUi last -> "last of lane " + last.lane();
                case TrustedCall.LastFence last -> "last " + last.mark();
                case TrustedCall.Standing standing -> "standing";
                case TrustedCall.Introduce introduce -> "introduction";
                case TrustedCall.Propose propose -> throw new AssertionError(propose);
                case TrustedCall.Decide decide -> throw new AssertionError(decide);
                case TrustedCall.View view -> throw new AssertionError(view);
                case TrustedCall.Install install -> throw new AssertionError(install);
            };
        }

        private String text(AtomicBroadcast.Event event) {
            return switch (event) {
                case Decision d ->
                    "slot " + d.slot() + " "
                            + d.requests().stream()
                                    .map(request -> request.id().client() + "."
                                            + request.id().sequence())
                                    .toList();
                default -> event.toString();
            };
        }

        private String text(byte[] frame) {
            Reader reader = new Reader(frame);
            reader.opaque8(255);
            HybridMessage message = CODEC.read(reader);
            if (message instanceof HybridMessage.Outlined outlined) {
                own.put(outlined.slot(), outlined.batch());
            }
            String text = message.toString();
            for (Map.Entry<String, Batch> name : names.entrySet()) {
                text = text.replace(Words.of(name.getValue().digest()), name.getKey());
            }
            return text;
        }
    }
}
