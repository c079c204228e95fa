package org.maftia.simulator;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;
import org.maftia.core.protocol.Automaton;
import org.maftia.core.protocol.Limits;
import org.maftia.core.protocol.Node;
import org.maftia.core.protocol.Port;
import org.maftia.core.protocol.Protocol;
import org.maftia.core.trust.ReplicaSet;
import org.maftia.core.wire.Codec;
import org.maftia.core.wire.MalformedException;
import org.maftia.core.wire.Reader;
import org.maftia.core.wire.Writer;

/**
 * A broadcast so small that its faults are known: what the simulator must find, and must not find, in it. Replica 0
 * sends one value; all that deliver must deliver the same one, and either all correct replicas deliver or none.
 */
final class Toy implements Subject<Long, Long> {
    /** What is wrong with it. */
    enum Flaw {
        NONE,
        /** Two halves may deliver different values. */
        READY_ON_KERNEL_OF_ECHOES,
        /** Some deliver and others never do. */
        NO_READY_AMPLIFICATION,
        /** Votes are counted, not voters. */
        COUNTS_MESSAGES,
        /** Not a function of its inputs. */
        USES_IDENTITY_HASH
    }

    sealed interface Message {
        record Send(long value) implements Message {}

        record Echo(long value) implements Message {}

        record Ready(long value) implements Message {}
    }

    static final Codec<Message> CODEC = new Codec<>() {
        @Override
        public void write(Writer writer, Message message) {
            switch (message) {
                case Message.Send send -> writer.u8(0).u64(send.value());
                case Message.Echo echo -> writer.u8(1).u64(echo.value());
                case Message.Ready ready -> writer.u8(2).u64(ready.value());
            }
        }

        @Override
        public Message read(Reader reader) {
            return switch (reader.u8()) {
                case 0 -> new Message.Send(reader.u64());
                case 1 -> new Message.Echo(reader.u64());
                case 2 -> new Message.Ready(reader.u64());
                default -> throw new MalformedException("no message");
            };
        }
    };

    /** Bracha's broadcast; an input n from 64 on says that the link to n - 64 is up. */
    static final class Broadcast implements Protocol.Root<Long, Message> {
        private final Port<Message, Long> port;
        private final Flaw flaw;
        private final SortedMap<Long, ReplicaSet> echoes = new TreeMap<>();
        private final SortedMap<Long, ReplicaSet> readies = new TreeMap<>();
        private final List<Message> said = new ArrayList<>();
        private ReplicaSet echoed = ReplicaSet.EMPTY;
        private ReplicaSet readied = ReplicaSet.EMPTY;
        private @Nullable Long delivered;

        Broadcast(Port<Message, Long> port, Flaw flaw) {
            this.port = port;
            this.flaw = flaw;
        }

        @Override
        public Codec<Message> codec() {
            return CODEC;
        }

        @Override
        public void input(Long input) {
            if (input >= 64) {
                said.forEach(message -> port.send((int) (input - 64), message));
            } else if (said.stream().noneMatch(message -> message instanceof Message.Send)) {
                say(new Message.Send(input));
            }
        }

        private void say(Message message) {
            said.add(message);
            port.persist(message);
            port.sendAll(message);
        }

        @Override
        public void restore(Message record) {
            said.add(record);
        }

        @Override
        public void restored() {
            List.copyOf(said).forEach(message -> port.sendAll(message));
        }

        @Override
        public void receive(int from, Message message) {
            switch (message) {
                case Message.Send send -> {
                    if (from == 0 && said.stream().noneMatch(old -> old instanceof Message.Echo)) {
                        say(new Message.Echo(send.value()));
                    }
                }
                case Message.Echo echo -> {
                    if (flaw == Flaw.COUNTS_MESSAGES || !echoed.contains(from)) {
                        echoed = echoed.with(from);
                        vote(echoes, flaw == Flaw.COUNTS_MESSAGES ? any(echoes, echo.value()) : from, echo.value());
                    }
                }
                case Message.Ready ready -> {
                    if (!readied.contains(from)) {
                        readied = readied.with(from);
                        vote(readies, from, ready.value());
                    }
                }
            }
            progress();
        }

        /** The first replica that is not counted yet: what a counter of messages does. */
        private int any(SortedMap<Long, ReplicaSet> votes, long value) {
            ReplicaSet rest = port.trust().all().minus(votes.getOrDefault(value, ReplicaSet.EMPTY));
            return rest.isEmpty() ? 0 : rest.first();
        }

        private static void vote(SortedMap<Long, ReplicaSet> votes, int from, long value) {
            votes.put(value, votes.getOrDefault(value, ReplicaSet.EMPTY).with(from));
        }

        private void progress() {
            echoes.forEach((value, set) -> {
                boolean enough = flaw == Flaw.READY_ON_KERNEL_OF_ECHOES
                        ? port.trust().isKernel(set)
                        : port.trust().isQuorum(set);
                if (enough) {
                    ready(value);
                }
            });
            readies.forEach((value, set) -> {
                if (flaw != Flaw.NO_READY_AMPLIFICATION && port.trust().isKernel(set)) {
                    ready(value);
                }
                if (delivered == null && port.trust().isQuorum(set)) {
                    delivered = value;
                    port.output(value);
                    if (flaw == Flaw.USES_IDENTITY_HASH) {
                        port.send(System.identityHashCode(this) % port.trust().size(), new Message.Echo(value));
                    }
                }
            });
        }

        private void ready(long value) {
            if (said.stream().noneMatch(old -> old instanceof Message.Ready)) {
                say(new Message.Ready(value));
            }
        }
    }

    private final World world;
    private final Flaw flaw;
    private final SortedMap<Integer, Long> delivered = new TreeMap<>();
    private boolean sent;

    Toy(World world, Flaw flaw) {
        this.world = world;
        this.flaw = flaw;
    }

    @Override
    public Automaton<Long, Long> boot(Boot boot) {
        return new Node<>(
                boot.replica(),
                world.trust(),
                world.limits(),
                boot.nowMicros(),
                (Port<Message, Long> port) -> new Broadcast(port, flaw));
    }

    @Override
    public Optional<Long> connected(int peer) {
        return Optional.of(64L + peer);
    }

    @Override
    public void stimulate(Draw draw, ReplicaSet up, BiConsumer<Integer, Long> give) {
        if (!sent && up.contains(0)) {
            sent = true;
            give.accept(0, 7L);
        }
    }

    @Override
    public void output(int replica, Long value) {
        Violation.unless(delivered.values().stream().allMatch(value::equals), "two values are delivered");
        Violation.unless(world.corrupted().contains(0) || value == 7, "a value is delivered that nobody sent");
        delivered.put(replica, value);
    }

    /** All of the core, or nobody; nobody only where the sender may be at fault or had no chance to persist. */
    @Override
    public boolean settled(ReplicaSet core) {
        return core.toList().stream().allMatch(delivered::containsKey)
                || delivered.keySet().stream().noneMatch(core::contains);
    }

    @Override
    public void conclude(ReplicaSet core) {}

    @Override
    public String standing(ReplicaSet core) {
        return "delivered by " + delivered;
    }

    static Scenario<Long, Long> scenario(Flaw flaw) {
        return new Scenario<>("toy", 600, draw -> Limits.DEFAULT, world -> new Toy(world, flaw));
    }
}
