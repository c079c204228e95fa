package org.maftia.core.ordering;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.maftia.core.crypto.IdealCoin;
import org.maftia.core.protocol.Limits;
import org.maftia.core.protocol.Node;
import org.maftia.core.protocol.Ready;
import org.maftia.core.testing.IdealCertifier;
import org.maftia.core.testing.Solo;
import org.maftia.core.testing.Structures;
import org.maftia.core.wire.Digest;
import org.maftia.core.wire.Reader;
import org.maftia.core.wire.Writer;

/**
 * One replica of four, told what happens by a text file, and all that it does about it. The files are reviewed as
 * prose; {@code -Dmaftia.rewrite=true} writes them anew.
 *
 * <p>A block is some commands, a line {@code ----}, and the effects. Requests are {@code client.sequence}; proposals get
 * names, which stand for their digests.
 */
class TranscriptTest {
    private static final Path FOLDER = Path.of("src/test/resources/org/maftia/core/ordering");
    private static final String EFFECTS = "----";

    @ParameterizedTest
    @ValueSource(
            strings = {
                "follower",
                "leader",
                "forger",
                "equivocator",
                "suspicion",
                "restart",
                "amnesia",
                "ending",
                "repeater"
            })
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
        private static final byte[] ADDRESS = "test0".getBytes(StandardCharsets.US_ASCII);
        private static final MessageCodec CODEC = new MessageCodec(LogReplica.CONFIGURATION, Limits.DEFAULT, 4);

        private final Map<String, Digest> names = new LinkedHashMap<>();
        private final List<byte[]> journal = new ArrayList<>();
        private final Set<RequestId> executed = new HashSet<>();
        private long now = 1_000_000;
        private int self;
        private Node<Consumer<AsynchronousOrdering>, AtomicBroadcast.Event> node = node(0, false);

        private Node<Consumer<AsynchronousOrdering>, AtomicBroadcast.Event> node(int index, boolean amnesiac) {
            self = index;
            return Solo.<Message, AtomicBroadcast.Event, AsynchronousOrdering>node(
                    index,
                    Structures.FOUR,
                    now,
                    port -> new AsynchronousOrdering(
                            port,
                            new IdealCertifier(index),
                            new IdealCoin(0, Structures.FOUR, index),
                            LogReplica.CONFIGURATION,
                            id -> executed.contains(id)
                                    ? AtomicBroadcast.Standing.EXECUTED
                                    : AtomicBroadcast.Standing.OPEN,
                            amnesiac));
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
                case "replica" -> start(Integer.parseInt(words[1]), words.length > 2);
                case "restart" -> start(self, false);
                case "submit" -> requests(words, 1).forEach(request -> node.input(o -> o.submit(request), now));
                case "have" -> receive(words, new Message.Have(references(words, 2)));
                case "body" -> receive(words, new Message.Bodies(requests(words, 2)));
                case "propose" ->
                    receive(
                            words,
                            new Message.Propose(
                                    proposal(words, requests(words, 5).stream().map(Entry::of))));
                case "mention" -> // proposes without bodies
                    receive(
                            words,
                            new Message.Propose(proposal(
                                    words, references(words, 5).stream().map(one -> new Entry(one, null)))));
                case "executed" -> requests(words, 1).forEach(request -> executed.add(request.id()));
                case "write" -> receive(words, new Message.Write(number(words[2]), number(words[3]), digest(words[4])));
                case "accept" ->
                    receive(words, new Message.Accept(number(words[2]), number(words[3]), digest(words[4])));
                case "suspect" -> receive(words, new Message.Suspect(number(words[2])));
                case "status" -> {
                    Epoch epoch = new Epoch(number(words[2]), number(words[3]), 0, Epoch.FIRST.skipped(), 0, 0);
                    receive(words, new Message.Status(epoch, number(words[4]), 0, false));
                }
                case "pass" -> node.input(o -> o.passEpoch(number(words[1])), now);
                case "end" -> node.input(o -> o.end(number(words[1])), now);
                case "fill" -> node.input(o -> o.fill(number(words[1])), now);
                case "advance" -> now += Long.parseLong(words[1]);
                default -> throw new IllegalArgumentException(String.join(" ", words));
            }
            now += 10;
            while (node.nextWakeMicros() <= now) {
                node.tick(now);
            }
        }

        private void start(int index, boolean amnesiac) {
            node = node(index, amnesiac);
            node.start(List.copyOf(journal));
        }

        private void receive(String[] words, Message message) {
            Writer writer = new Writer();
            writer.opaque8(ADDRESS);
            CODEC.write(writer, message);
            node.received(Integer.parseInt(words[1]), writer.toBytes(), now);
        }

        private Proposal proposal(String[] words, Stream<Entry> entries) {
            Proposal proposal =
                    Proposal.of(LogReplica.CONFIGURATION, number(words[2]), number(words[3]), now, entries.toList());
            names.put(words[4], proposal.digest());
            return proposal;
        }

        private Digest digest(String name) {
            return names.getOrDefault(name, LogReplica.CONFIGURATION);
        }

        /** The number behind a letter, such as in e0 and s1. */
        private static long number(String word) {
            return Long.parseLong(word.substring(1));
        }

        private static List<Request> requests(String[] words, int from) {
            return Arrays.stream(words)
                    .skip(from)
                    .map(word -> word.split("\\."))
                    .map(parts -> LogGroup.request(Integer.parseInt(parts[0]), Integer.parseInt(parts[1])))
                    .toList();
        }

        private static List<Reference> references(String[] words, int from) {
            return requests(words, from).stream().map(Reference::to).toList();
        }

        private List<String> effects() {
            List<String> lines = new ArrayList<>();
            Ready<AtomicBroadcast.Event> ready = node.drain();
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
                lines.add((to.size() == 3 ? "all " : "send " + to + " ") + text(frame));
            }
            ready.outputs().forEach(output -> lines.add("output " + text(output)));
            ready.blames().forEach(blame -> lines.add("blame " + blame.replica() + " " + blame.rule()));
            return lines;
        }

        private String text(AtomicBroadcast.Event event) {
            return switch (event) {
                case Decision d ->
                    "slot " + d.slot() + " of epoch " + d.epoch().number() + " "
                            + d.requests().stream()
                                    .map(request -> request.id().client() + "."
                                            + request.id().sequence())
                                    .toList();
                default -> event.toString();
            };
        }

        /** The message in a frame or record; what belongs to the agreement is only named. */
        private String text(byte[] frame) {
            Reader reader = new Reader(frame);
            String path = new String(reader.opaque8(255), StandardCharsets.US_ASCII);
            if (!path.equals("test0")) {
                return "(message of " + path + ")";
            }
            String text = CODEC.read(reader).toString();
            for (Map.Entry<String, Digest> name : names.entrySet()) {
                text = text.replace(Brief.of(name.getValue()), name.getKey());
            }
            return text;
        }
    }
}
