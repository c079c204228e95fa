package org.maftia.core.protocol;

import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.maftia.core.trust.FaultStructure;
import org.maftia.core.wire.Codec;
import org.maftia.core.wire.MalformedException;
import org.maftia.core.wire.Reader;
import org.maftia.core.wire.Writer;

/**
 * Runs the tree of protocol instances of one replica: a pure state machine from events to a {@link Ready}. Same events,
 * same effects, bit for bit. Confined to one thread at a time.
 *
 * @param <I> inputs of the root protocol
 * @param <O> outputs of the root protocol
 */
public final class Node<I, O> implements Automaton<I, O> {
    private final int self;
    private final FaultStructure trust;
    private final Limits limits;

    /** Looked up by text only, never iterated. */
    private final Map<String, Instance<?, ?>> instances = new HashMap<>();

    private final ArrayDeque<Runnable> local = new ArrayDeque<>();
    private final PriorityQueue<Alarm> alarms = new PriorityQueue<>();
    private final Map<Long, Pending<?>> pending = new HashMap<>();
    private final HeldMessages held;
    private final Protocol.Root<I, ?> root;

    /** For one envelope at a time: a batch with bodies would double its room a dozen times, each time. */
    private final Writer scratch = new Writer(256);

    private List<Ready.Storage> storage = new ArrayList<>();
    private List<Ready.Outgoing> sends = new ArrayList<>();
    private List<O> outputs = new ArrayList<>();
    private List<Ready.Computation> computations = new ArrayList<>();
    private List<Ready.Certification> certifications = new ArrayList<>();
    private List<Ready.Blame> blames = new ArrayList<>();

    private long nowMicros;
    private long serial;
    private boolean restoring;
    private boolean compactionAsked;

    /**
     * @param nowMicros the time of creation, in microseconds since 1970
     * @param factory makes the root protocol
     */
    public <M, R extends Protocol.Root<I, M>> Node(
            int self, FaultStructure trust, Limits limits, long nowMicros, Function<Port<M, O>, R> factory) {
        this.self = self;
        this.trust = trust;
        this.limits = limits;
        this.nowMicros = nowMicros;
        this.held = new HeldMessages(trust.size(), limits.heldBytesPerPeer());
        Instance<M, O> instance = new Instance<>(Path.ROOT, value -> outputs.add(value));
        R made = factory.apply(instance);
        instance.protocol = made;
        this.root = made;
        instances.put("", instance);
    }

    @Override
    public void start(List<byte[]> journal) {
        restoring = true;
        for (byte[] record : journal) {
            restore(record);
            settle();
        }
        restoring = false;
        for (Instance<?, ?> instance : tree()) {
            if (instance.live) {
                instance.protocol().restored();
                settle();
            }
        }
    }

    private void restore(byte[] record) {
        Reader reader = new Reader(record);
        Instance<?, ?> instance = resolve(self, readPath(reader), null);
        if (instance != null) {
            instance.restore(reader);
        }
    }

    @Override
    public void received(int from, byte[] frame, long now) {
        nowMicros = now;
        dispatch(from, frame);
        settle();
    }

    @Override
    public void input(I input, long now) {
        nowMicros = now;
        root.input(input);
        settle();
    }

    @Override
    public void tick(long now) {
        nowMicros = now;
        while (!alarms.isEmpty() && alarms.element().dueMicros <= now) {
            Alarm alarm = alarms.remove();
            if (alarm.owner.live) {
                alarm.action.run();
                settle();
            }
        }
    }

    @Override
    public void computed(long id, Object result, long now) {
        nowMicros = now;
        Pending<?> waiting = pending.remove(id);
        if (waiting != null && waiting.owner.live) {
            waiting.accept(result);
            settle();
        }
    }

    @Override
    public long nextWakeMicros() {
        return alarms.isEmpty() ? Long.MAX_VALUE : alarms.element().dueMicros;
    }

    @Override
    public Ready<O> drain() {
        if (compactionAsked) {
            compactionAsked = false;
            storage.add(new Ready.Storage.Replace(journal()));
        }
        Ready<O> ready = new Ready<>(storage, sends, outputs, computations, certifications, blames);
        storage = new ArrayList<>();
        sends = new ArrayList<>();
        outputs = new ArrayList<>();
        computations = new ArrayList<>();
        certifications = new ArrayList<>();
        blames = new ArrayList<>();
        return ready;
    }

    /** The codecs of all live instances, by address: the language that peers may speak to this replica now. */
    public SortedMap<String, Codec<?>> grammar() {
        SortedMap<String, Codec<?>> grammar = new TreeMap<>();
        for (Instance<?, ?> instance : tree()) {
            grammar.put(instance.path.toString(), instance.protocol().codec());
        }
        return grammar;
    }

    /** The records from which {@link #start} rebuilds what must survive now: those of a compacted journal. */
    public List<byte[]> journal() {
        List<byte[]> records = new ArrayList<>();
        for (Instance<?, ?> instance : tree()) {
            instance.journal(records);
        }
        return records;
    }

    /** All live instances, parents before children, children in the order in which they were made. */
    private List<Instance<?, ?>> tree() {
        List<Instance<?, ?>> all = new ArrayList<>();
        all.add(at(Path.ROOT));
        for (int i = 0; i < all.size(); i++) {
            all.addAll(all.get(i).children);
        }
        return all;
    }

    private Instance<?, ?> at(Path path) {
        return Invariant.present(instances.get(path.toString()), "no instance at this path");
    }

    private void settle() {
        for (Runnable next = local.poll(); next != null; next = local.poll()) {
            next.run();
        }
    }

    private void dispatch(int from, byte[] frame) {
        try {
            Reader reader = new Reader(frame);
            Instance<?, ?> instance = resolve(from, readPath(reader), frame);
            if (instance != null) {
                instance.receive(from, reader);
            }
        } catch (MalformedException e) {
            blames.add(new Ready.Blame(from, "malformed address: " + e.getMessage(), Path.ROOT));
        }
    }

    private static String readPath(Reader reader) {
        return new String(reader.opaque8(Path.LENGTH_MAX), StandardCharsets.US_ASCII);
    }

    /** Finds the addressed instance; where there is none, the nearest live ancestor decides. */
    private @Nullable Instance<?, ?> resolve(int from, String address, byte @Nullable [] frame) {
        Instance<?, ?> instance = instances.get(address);
        if (instance != null) {
            return instance;
        }
        Path missing = Path.parse(address);
        while (!instances.containsKey(missing.parent().toString())) {
            missing = missing.parent();
        }
        Instance<?, ?> ancestor = at(missing.parent());
        switch (ancestor.protocol().unknownChild(missing.tag(), missing.index(), from)) {
            case CREATE -> {
                Invariant.check(instances.containsKey(missing.toString()), "CREATE makes the child");
                return address.equals(missing.toString()) ? at(missing) : resolve(from, address, frame);
            }
            case HOLD -> {
                if (frame != null && from != self) {
                    held.hold(missing, from, frame);
                }
                return null;
            }
            case DROP -> {
                return null;
            }
        }
        return null;
    }

    private <T> Ready.Computation computation(Instance<?, ?> owner, Supplier<T> task, Consumer<T> then) {
        long id = serial++;
        pending.put(id, new Pending<>(owner, then));
        return new Ready.Computation(id, owner.path, task);
    }

    /** A result that somebody waits for. */
    private final class Pending<T> {
        private final Instance<?, ?> owner;
        private final Consumer<T> then;

        Pending(Instance<?, ?> owner, Consumer<T> then) {
            this.owner = owner;
            this.then = then;
        }

        @SuppressWarnings("unchecked") // the id was given out with a task of this type
        void accept(Object result) {
            then.accept((T) result);
        }
    }

    /** A pending wake-up; ties fire in the order in which they were set. */
    private final class Alarm implements Port.Timer, Comparable<Alarm> {
        private final long dueMicros;
        private final long order;
        private final Instance<?, ?> owner;
        private final Runnable action;

        Alarm(long dueMicros, Instance<?, ?> owner, Runnable action) {
            this.dueMicros = dueMicros;
            this.order = serial++;
            this.owner = owner;
            this.action = action;
        }

        @Override
        public void cancel() {
            alarms.remove(this);
        }

        @Override
        @SuppressWarnings("ComparableType") // alarms of one node only
        public int compareTo(Alarm other) {
            int byDue = Long.compare(dueMicros, other.dueMicros);
            return byDue != 0 ? byDue : Long.compare(order, other.order);
        }

        @Override
        public boolean equals(@Nullable Object other) {
            return this == other;
        }

        @Override
        public int hashCode() {
            return Long.hashCode(order);
        }
    }

    /** One node of the tree, and the port through which its protocol acts. */
    private final class Instance<M, P> implements Port<M, P> {
        private final Path path;
        private final byte[] address;
        private final Consumer<P> sink;
        private final List<Instance<?, ?>> children = new ArrayList<>();
        private @Nullable Protocol<M> protocol;
        private boolean live = true;

        Instance(Path path, Consumer<P> sink) {
            this.path = path;
            this.address = path.toBytes();
            this.sink = sink;
        }

        Protocol<M> protocol() {
            return Invariant.present(protocol, "an instance is used before it is made");
        }

        void receive(int from, Reader reader) {
            M message;
            try {
                message = protocol().codec().read(reader);
                reader.end();
            } catch (MalformedException e) {
                blame(from, "malformed message: " + e.getMessage());
                return;
            }
            protocol().receive(from, message);
        }

        void restore(Reader reader) {
            M record = protocol().codec().read(reader);
            reader.end();
            protocol().restore(record);
        }

        void journal(List<byte[]> records) {
            protocol().journal(record -> records.add(envelope(record)));
        }

        private byte[] envelope(M message) {
            Writer writer = scratch.restart();
            writer.opaque8(address);
            protocol().codec().write(writer, message);
            return writer.toBytes();
        }

        private void deliverHere(M message) {
            local.add(() -> {
                if (live) {
                    protocol().receive(self, message);
                }
            });
        }

        @Override
        public int self() {
            return self;
        }

        @Override
        public Path path() {
            return path;
        }

        @Override
        public FaultStructure trust() {
            return trust;
        }

        @Override
        public Limits limits() {
            return limits;
        }

        @Override
        public long nowMicros() {
            return nowMicros;
        }

        @Override
        public void send(int to, M message) {
            if (restoring) {
                return;
            }
            if (to == self) {
                deliverHere(message);
            } else {
                sends.add(new Ready.Outgoing(to, envelope(message)));
            }
        }

        @Override
        public void sendAll(M message) {
            if (restoring) {
                return;
            }
            byte[] frame = envelope(message);
            for (int to = 0; to < trust.size(); to++) {
                if (to != self) {
                    sends.add(new Ready.Outgoing(to, frame));
                }
            }
            deliverHere(message);
        }

        @Override
        public void persist(M record) {
            if (!restoring) {
                storage.add(new Ready.Storage.Append(envelope(record)));
            }
        }

        @Override
        public void compact() {
            compactionAsked = compactionAsked || !restoring;
        }

        @Override
        public void output(P value) {
            local.add(() -> sink.accept(value));
        }

        @Override
        public void blame(int replica, String rule) {
            if (replica != self) {
                blames.add(new Ready.Blame(replica, rule, path));
            }
        }

        @Override
        public Timer wake(long afterMicros, Runnable action) {
            Alarm alarm = new Alarm(nowMicros + Math.max(1, afterMicros), this, action);
            alarms.add(alarm);
            return alarm;
        }

        @Override
        public <T> void compute(Supplier<T> task, Consumer<T> then) {
            computations.add(computation(this, task, then));
        }

        @Override
        public void certify(TrustedCall call, Consumer<Optional<Attestation>> then) {
            Invariant.check(!restoring, "nothing is certified while the journal is read");
            long id = serial++;
            pending.put(id, new Pending<>(this, then));
            certifications.add(new Ready.Certification(id, path, call));
        }

        @Override
        public <N, Q, C extends Protocol<N>> C nest(
                String tag, long index, Function<Port<N, Q>, C> factory, Consumer<Q> childSink) {
            Path childPath = path.child(tag, index);
            Invariant.check(live && !instances.containsKey(childPath.toString()), "a path has one instance");
            Instance<N, Q> child = new Instance<>(childPath, childSink);
            C made = factory.apply(child);
            child.protocol = made;
            children.add(child);
            instances.put(childPath.toString(), child);
            for (HeldMessages.Held message : held.release(childPath)) {
                local.add(() -> dispatch(message.from(), message.frame()));
            }
            return made;
        }

        @Override
        public void drop(String tag, long index) {
            Path childPath = path.child(tag, index);
            Instance<?, ?> child = instances.get(childPath.toString());
            if (child == null) {
                held.release(childPath);
                return;
            }
            child.dropWhole();
            children.remove(child);
        }

        private void dropWhole() {
            live = false;
            instances.remove(path.toString());
            held.forgetBelow(path);
            for (Instance<?, ?> child : children) {
                child.dropWhole();
            }
        }
    }
}
