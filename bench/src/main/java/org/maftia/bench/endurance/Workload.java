package org.maftia.bench.endurance;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import org.maftia.bench.endurance.Operation.Action;
import org.maftia.client.GroupClient;
import org.maftia.client.GroupClientSetup;
import org.maftia.client.GroupException;
import org.maftia.core.replica.CertifiedRead;
import org.maftia.services.register.Register;
import org.maftia.services.register.RegisterOperation;

/**
 * A dozen clients, each with a session of its own and one operation at a time, at a steady rate. Keys are few, so that
 * operations meet, and are changed for new ones now and then, so that each has a history that can be searched; some reads
 * go back to old keys, to see whether what was acknowledged long ago is still there.
 */
final class Workload implements AutoCloseable {
    private static final int CLIENTS_PER_CONNECTION = 6;
    private static final int REGISTERS = 4;

    /** A register holds 256 keys; five of them are made in each generation. */
    private static final int GENERATIONS_MAX = 48;

    private static final long GENERATION_MICROS_MIN = 15_000_000;
    private static final long CERTIFIED_AGE_MICROS_MAX = 120_000_000;

    private final History history;
    private final Findings findings;
    private final long seed;
    private final long pauseMicrosMean;
    private final long generationMicros;
    private final List<GroupClient> connections = new ArrayList<>();
    private final List<GroupClient.Session> sessions = new ArrayList<>();
    private final List<Thread> threads = new ArrayList<>();
    private final AtomicLong values = new AtomicLong();
    private volatile boolean stopping;

    /**
     * @param clients at most twelve: a group remembers sixteen sessions of one identity, and reads need some
     * @param perSecond operations of all clients together
     * @param runMicros how long they will work
     */
    Workload(
            GroupClientSetup setup,
            History history,
            Findings findings,
            int clients,
            int perSecond,
            long runMicros,
            long seed)
            throws IOException {
        this.history = history;
        this.findings = findings;
        this.seed = seed;
        this.pauseMicrosMean = clients * 1_000_000L / perSecond;
        this.generationMicros = Math.max(GENERATION_MICROS_MIN, runMicros / GENERATIONS_MAX + 1);
        for (int i = 0; i < clients; i++) {
            if (i % CLIENTS_PER_CONNECTION == 0) {
                connections.add(GroupClient.connect(setup));
            }
            sessions.add(connections.getLast().session());
        }
    }

    void start() {
        for (int i = 0; i < sessions.size(); i++) {
            Client client = new Client(i);
            threads.add(Thread.ofPlatform().daemon().name("client-" + i).start(client::run));
        }
    }

    /** Ends the load; what is under way gets its outcome. */
    void stop() throws InterruptedException {
        stopping = true;
        for (Thread thread : threads) {
            thread.join();
        }
    }

    /** Reads every key through the log, by one more client. */
    void readAll() throws IOException, InterruptedException {
        Client reader = new Client(sessions.size());
        GroupClient.Session session = connections.getFirst().session();
        for (String key : history.byKey().keySet()) {
            Operation operation = history.invoke(reader.number, Action.GET, key, 0, 0);
            reader.finish(operation, session.submit(Register.NAME, encode(new RegisterOperation.Get(key))));
        }
    }

    private static byte[] encode(RegisterOperation operation) {
        return RegisterOperation.CODEC.encode(operation);
    }

    private static byte[] bytes(long value) {
        return value == 0
                ? new byte[0]
                : ByteBuffer.allocate(Long.BYTES).putLong(value).array();
    }

    private static long number(byte[] value) {
        return switch (value.length) {
            case 0 -> 0;
            case 1 -> value[0];
            case Long.BYTES -> ByteBuffer.wrap(value).getLong();
            default -> throw new IllegalArgumentException("an answer of " + value.length + " bytes");
        };
    }

    @Override
    public void close() throws IOException {
        stopping = true;
        for (GroupClient connection : connections) {
            connection.close();
        }
    }

    /** One client. */
    private final class Client {
        private final int number;
        private final Random random;
        private final Map<String, Long> seen = new HashMap<>();

        Client(int number) {
            this.number = number;
            this.random = new Random(seed * 1_000 + number);
        }

        private void run() {
            try {
                while (!stopping) {
                    ask();
                    // Exponential pauses, so that clients meet in all ways.
                    double factor = -Math.log(1 - random.nextDouble());
                    TimeUnit.MICROSECONDS.sleep((long) (pauseMicrosMean * Math.min(factor, 10)));
                }
            } catch (IOException | InterruptedException | RuntimeException e) {
                findings.add("client " + number + " failed: " + e);
            }
        }

        private void ask() throws IOException, InterruptedException {
            long generation = history.nowMicros() / generationMicros;
            int draw = random.nextInt(100);
            if (draw < 2) {
                generation = generation == 0 ? 0 : random.nextLong(generation);
            }
            boolean counter = draw >= 80;
            String key = counter ? "g" + generation + "-count" : "g" + generation + "-" + random.nextInt(REGISTERS);
            if (draw < 2 || draw >= 97) {
                ordered(Action.GET, key, 0, 0, new RegisterOperation.Get(key));
            } else if (draw < 25) {
                long value = values.incrementAndGet();
                ordered(Action.PUT, key, value, 0, new RegisterOperation.Put(key, bytes(value)));
            } else if (draw < 40) {
                long value = values.incrementAndGet();
                long expected = seen.getOrDefault(key, 0L);
                ordered(
                        Action.SWAP,
                        key,
                        value,
                        expected,
                        new RegisterOperation.Swap(key, bytes(expected), bytes(value)));
            } else if (draw < 55) {
                ordered(Action.GET, key, 0, 0, new RegisterOperation.Get(key));
            } else if (draw < 79 || draw >= 93) {
                Operation operation = history.invoke(number, Action.READ, key, 0, 0);
                finish(operation, connection().read(Register.NAME, encode(new RegisterOperation.Get(key))));
            } else if (draw < 80) {
                certified(key);
            } else {
                ordered(Action.ADD, key, 1, 0, new RegisterOperation.Add(key, 1));
            }
        }

        private GroupClient connection() {
            return connections.get(number / CLIENTS_PER_CONNECTION);
        }

        private void ordered(Action action, String key, long argument, long expected, RegisterOperation asked)
                throws IOException, InterruptedException {
            Operation operation = history.invoke(number, action, key, argument, expected);
            finish(operation, sessions.get(number).submit(Register.NAME, encode(asked)));
        }

        private void finish(Operation operation, CompletableFuture<byte[]> future)
                throws IOException, InterruptedException {
            try {
                long result = number(future.get());
                history.end(operation.ok(result, 0, history.nowMicros()));
                switch (operation.action()) {
                    case GET, READ -> seen.put(operation.key(), result);
                    case PUT -> seen.put(operation.key(), operation.argument());
                    case SWAP -> {
                        if (result == 1) {
                            seen.put(operation.key(), operation.argument());
                        }
                    }
                    default -> {}
                }
            } catch (ExecutionException e) {
                history.end(outcome(operation, e));
            }
        }

        private void certified(String key) throws IOException, InterruptedException {
            Operation operation = history.invoke(number, Action.CERTIFIED, key, 0, 0);
            try {
                CertifiedRead read = connection()
                        .readCertified(Register.NAME, key, CERTIFIED_AGE_MICROS_MAX)
                        .get();
                byte[] value = read.value();
                history.end(operation.ok(value == null ? 0 : number(value), read.slot(), history.nowMicros()));
            } catch (ExecutionException e) {
                history.end(outcome(operation, e));
            }
        }

        /** A refused request is never executed, as the client promises; one without an answer may be, now or later. */
        private Operation outcome(Operation operation, ExecutionException failure) {
            return switch (failure.getCause()) {
                case GroupException refused -> operation.failed(history.nowMicros());
                case TimeoutException late -> operation;
                case null, default -> throw new IllegalStateException("a request failed: " + failure, failure);
            };
        }
    }
}
