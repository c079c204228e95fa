package org.maftia.simulator;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;
import org.maftia.core.ordering.Request;
import org.maftia.core.ordering.RequestId;
import org.maftia.core.ordering.Seal;
import org.maftia.core.replica.Acceptance;
import org.maftia.core.replica.Command;
import org.maftia.core.replica.ConfidentialCall;
import org.maftia.core.replica.Input;
import org.maftia.core.replica.Output;
import org.maftia.core.replica.ServiceCall;
import org.maftia.core.trust.ReplicaSet;

/**
 * The clients of a simulated group: some of the configuration, which talk to all replicas and believe enough equal
 * answers; the gateway of each correct replica, which talks to its own replica only; and a corrupted one, which shows
 * different requests of one number to different replicas. In some runs a share of the requests is confidential; then the
 * corrupted client copies and alters what others encrypted, and encrypts garbage. In some a share is signed, and given to
 * one replica at first; then the corrupted client signs different requests of one number, too, and uses signatures that are
 * not its own.
 */
final class Clients {
    /** The first number of a configured client. */
    private static final int CONFIGURED = ReplicaSet.SIZE_MAX;

    private static final int CORRECT = 3;
    private static final int CORRUPTED = CONFIGURED + CORRECT;
    private static final int THIEF = CORRUPTED + 1;
    private static final int OUTSTANDING_MAX = 4;
    private static final int REQUESTS_MAX = 400;
    private static final int GARBAGE_MAX = 40;
    private static final int BATCH_MAX = 4;
    private static final int PATIENCE = 8;

    /** Numbers that no request has. */
    private static final long UNHEARD = 1 << 20;

    private final World world;
    private final ServiceTrial trial;
    private final int requestPpm;

    /** 0 in most runs. */
    private final int confidentialPpm;

    /** 0 in most runs. */
    private final int signedPpm;

    /** Signatures of correct clients, for the corrupted one to try. */
    private final List<Seal> seals = new ArrayList<>();

    /** The ciphertexts of correct clients. */
    private final SortedMap<RequestId, byte[]> confidential = new TreeMap<>();

    private final boolean quorumReads;
    private final Readers readers;
    private final Map<RequestId, Sent> sent = new HashMap<>();
    private final List<Sent> open = new ArrayList<>();
    private final List<Sent> answered = new ArrayList<>();
    private final SortedMap<Integer, Long> sequences = new TreeMap<>();
    private final SortedMap<Integer, Long> sessions = new TreeMap<>();

    /** What correct replicas answered; looked up only. */
    private final Map<RequestId, Output.Reply> replies = new HashMap<>();

    private long now;

    Clients(World world, ServiceTrial trial, Draw draw) {
        this(world, trial, draw, true);
    }

    /** @param settled whether the group keeps its configuration, so that clients may read, encrypt and sign */
    Clients(World world, ServiceTrial trial, Draw draw, boolean settled) {
        this.world = world;
        this.trial = trial;
        this.requestPpm = (int) draw.magnitude(2_000, 200_000);
        boolean alone = world.components() == null;
        this.confidentialPpm = draw.below(4) == 0 && settled && alone ? (int) draw.magnitude(100_000, 900_000) : 0;
        this.quorumReads = !trial.questions().isEmpty() && draw.below(2) == 0 && settled && alone;
        this.readers = new Readers(world, trial, draw);
        int signing = world.clientsSign() && settled ? (int) draw.magnitude(200_000, 1_000_000) : 0;
        this.signedPpm = alone ? signing : 1_000_000;
    }

    /** A request with all that its client knows of it. */
    static final class Sent {
        private final Request request;
        private final byte[] operation;
        private final long invoked;
        private boolean homed;
        private final List<byte[]> variants = new ArrayList<>();
        private ReplicaSet shown = ReplicaSet.EMPTY;
        private ReplicaSet agreeing = ReplicaSet.EMPTY;
        private long responded = -1;
        private byte @Nullable [] result;

        Sent(Request request, byte[] operation, long invoked) {
            this.request = request;
            this.operation = operation;
            this.invoked = invoked;
        }

        Sent with(byte[] variant) {
            variants.add(variant);
            return this;
        }

        RequestId id() {
            return request.id();
        }

        /** The moment of the call, in events. */
        long invoked() {
            return invoked;
        }

        /** The moment of the accepted answer. */
        long responded() {
            return responded;
        }

        byte[] result() {
            byte[] accepted = result;
            if (accepted == null) {
                throw new IllegalStateException("not answered");
            }
            return accepted;
        }
    }

    /** Requests whose client has its answer. */
    List<Sent> answered() {
        return answered;
    }

    /** Perhaps a new request, perhaps an old one to one more replica, or to one again. */
    void act(Draw draw, ReplicaSet up, BiConsumer<Integer, Input> give) {
        now++;
        if (draw.chance(requestPpm) && sent.size() < REQUESTS_MAX && !up.isEmpty()) {
            request(draw, up, give);
        }
        repeat(draw, up, give);
        if (quorumReads) {
            readers.act(draw, now, up, give);
        }
    }

    /** An answer of a correct replica from its present state. */
    void reading(int replica, Output.Reading reading) {
        readers.reading(replica, reading, now);
    }

    /** Questions that were answered without the log. */
    List<Readers.Asked> readings() {
        return readers.answered();
    }

    /** Answered requests whose results a quorum gave: that of a gateway comes from its own replica alone. */
    List<Sent> answeredByQuorum() {
        return answered.stream()
                .filter(request -> request.id().client() >= CONFIGURED)
                .toList();
    }

    /** Clients repeat what is not answered, for ever. */
    void repeat(Draw draw, ReplicaSet up, BiConsumer<Integer, Input> give) {
        now++;
        if (!open.isEmpty() && !up.isEmpty() && draw.below(4) == 0) {
            Sent again = draw.of(open);
            int replica = draw.of(up.toList());
            if (again.homed && again.shown.isEmpty()) {
                again.shown = ReplicaSet.of(replica);
                give.accept(replica, new Input.Carry(again.request));
                return;
            }
            // Quickly to those who were not told, unless one was to tell them; seldom again to those who were.
            boolean fresh = !again.shown.contains(replica);
            boolean patient = fresh ? again.homed && draw.below(PATIENCE) > 0 : draw.below(64) > 0;
            if (again.id().client() >= CONFIGURED && !patient) {
                again.shown = again.shown.with(replica);
                give.accept(replica, new Input.Submit(again.request));
            }
        }
    }

    /** The request in a batch with others, of which nobody hears. */
    private Request signed(Request request, Draw draw) {
        List<Request> batch = new ArrayList<>();
        int count = 1 + draw.below(BATCH_MAX);
        int place = draw.below(count);
        for (int i = 0; i < count; i++) {
            RequestId other = new RequestId(request.id().client(), request.id().session(), UNHEARD + i);
            batch.add(i == place ? request : new Request(other, draw.bytes(8)));
        }
        return Seal.sealed(
                        world.configuration(),
                        batch,
                        digest ->
                                world.authority().signatureOfClient(request.id().client(), digest))
                .get(place);
    }

    /** What a corrupted client gives where a signed request belongs. */
    private Request misleading(Request request, Draw draw) {
        if (draw.below(3) > 0) {
            return signed(request, draw);
        }
        Seal seal = seals.isEmpty() ? new Seal(0, 1, List.of(), draw.bytes(16)) : draw.of(seals);
        return new Request(request.id(), request.operation(), seal);
    }

    /** Only what comes in a client's own session counts against it, so it is never a correct one. */
    void heldOff(int replica, Output.HeldOff held) {
        Violation.unless(
                held.client() >= CORRUPTED, "r" + replica + " holds off client " + held.client() + ": " + held.rule());
    }

    private void request(Draw draw, ReplicaSet up, BiConsumer<Integer, Input> give) {
        int pick = draw.below(8);
        if (pick == 0) {
            mislead(draw, up, give);
        } else if (pick < 3) {
            int gateway = draw.of(up.toList());
            if (!world.corrupted().contains(gateway) && hasCredit(gateway)) {
                give.accept(gateway, new Input.Submit(next(gateway, draw).request));
            }
        } else {
            int client = CONFIGURED + draw.below(CORRECT);
            if (hasCredit(client)) {
                next(client, draw);
            }
        }
    }

    private boolean hasCredit(int client) {
        return open.stream().filter(old -> old.id().client() == client).count() < OUTSTANDING_MAX;
    }

    private Sent next(int client, Draw draw) {
        RequestId id =
                new RequestId(client, sessions.getOrDefault(client, 0L), sequences.merge(client, 1L, Long::sum) - 1);
        byte[] operation = operation(draw);
        boolean secret = client >= CONFIGURED && confidentialPpm > 0 && draw.chance(confidentialPpm);
        Request request = secret ? sealed(id, operation, draw) : request(id, operation);
        boolean signs = !secret && client >= CONFIGURED && signedPpm > 0 && draw.chance(signedPpm);
        if (signs) {
            request = signed(request, draw);
            seals.add(Objects.requireNonNull(request.seal()));
        }
        Sent fresh = new Sent(request, operation, now).with(operation);
        fresh.homed = signs && draw.below(2) == 0;
        sent.put(id, fresh);
        open.add(fresh);
        return fresh;
    }

    private byte[] operation(Draw draw) {
        return draw.below(10) == 0 ? draw.bytes(draw.below(GARBAGE_MAX)) : trial.operation(draw);
    }

    private Request request(RequestId id, byte[] operation) {
        ServiceCall call = new ServiceCall(trial.name(), operation);
        return new Request(
                id, ServiceCall.codec(world.limits().operationLengthMax()).encode(call));
    }

    /** Ciphertexts of correct clients, by the requests that carry them. */
    SortedMap<RequestId, byte[]> confidential() {
        return confidential;
    }

    private byte[] label(RequestId id) {
        return ConfidentialCall.label(world.configuration(), trial.name(), id);
    }

    private Request sealed(RequestId id, byte[] operation, Draw draw) {
        byte[] ciphertext = world.authority().cipher(world.trust()).encrypt(operation, label(id), draw::bytes);
        if (id.client() < CORRUPTED) {
            confidential.put(id, ciphertext);
        }
        return carrying(id, ciphertext);
    }

    private Request carrying(RequestId id, byte[] ciphertext) {
        int lengthMax = world.limits().operationLengthMax();
        byte[] call = ConfidentialCall.codec(lengthMax).encode(new ConfidentialCall(trial.name(), ciphertext));
        return new Request(id, ServiceCall.codec(lengthMax).encode(new ServiceCall(ConfidentialCall.SERVICE, call)));
    }

    /**
     * A request of a corrupted client that hides something: its own, garbage, what a correct client encrypted with a bit
     * changed, or, by another one that spoils its name with nothing else, in the very place of its own session. The last
     * two no correct replica may take.
     */
    private Request deceit(RequestId id, Draw draw) {
        if (!confidential.isEmpty() && draw.below(2) == 0) {
            RequestId victim = draw.of(List.copyOf(confidential.keySet()));
            byte[] stolen = Objects.requireNonNull(confidential.get(victim)).clone();
            if (draw.below(2) == 0) {
                return carrying(new RequestId(THIEF, victim.session(), victim.sequence()), stolen);
            }
            stolen[draw.below(stolen.length)] ^= (byte) (1 << draw.below(8));
            return carrying(id, stolen);
        }
        if (draw.below(4) == 0) {
            Request garbage =
                    carrying(id, world.authority().cipher(world.trust()).garbage(label(id), draw::bytes));
            shown(id, garbage);
            return garbage;
        }
        byte[] operation = operation(draw);
        Request own = sealed(id, operation, draw);
        shown(id, own).with(operation);
        return own;
    }

    /** The corrupted client may be answered under this number. */
    private Sent shown(RequestId id, Request request) {
        return sent.computeIfAbsent(id, key -> new Sent(request, new byte[0], now));
    }

    /** The corrupted client: one number, several requests, each shown to some. Nobody owes it an answer. */
    private void mislead(Draw draw, ReplicaSet up, BiConsumer<Integer, Input> give) {
        RequestId id = new RequestId(CORRUPTED, draw.below(3), draw.below(16));
        for (int variant = 1 + draw.below(2); variant > 0; variant--) {
            Request request;
            if (confidentialPpm > 0 && draw.below(2) == 0) {
                request = deceit(id, draw);
            } else {
                byte[] operation = operation(draw);
                request = request(id, operation);
                shown(id, request).with(operation);
            }
            ReplicaSet some = new ReplicaSet(draw.bits()).intersection(up);
            boolean signs = signedPpm > 0 && draw.chance(signedPpm);
            Request given = signs ? misleading(request, draw) : request;
            boolean alone = signs && draw.below(2) == 0;
            some.forEach(replica -> give.accept(replica, alone ? new Input.Carry(given) : new Input.Submit(given)));
        }
    }

    /** Whether this command is what its client sent; corrupted gateways may ask for anything in their own name. */
    boolean isSent(Command command) {
        int client = command.id().client();
        if (client < CONFIGURED && world.corrupted().contains(client)) {
            return true;
        }
        Sent known = sent.get(command.id());
        return known != null
                && known.variants.stream().anyMatch(operation -> Arrays.equals(operation, command.operation()));
    }

    /** A gateway dies with its replica: what it asked for may be executed or not, and it starts a new session. */
    void started(int gateway, Boot boot) {
        sessions.put(gateway, boot.life());
        sequences.remove(gateway);
        open.removeIf(old -> old.id().client() == gateway);
    }

    /** The gateway gives up this request: its replica takes none, or no longer. */
    void refused(RequestId id) {
        if (id.client() < CONFIGURED) {
            open.removeIf(old -> old.id().equals(id));
        }
    }

    /** The gateway's replica has left the group. */
    void left(int gateway) {
        open.removeIf(old -> old.id().client() == gateway);
    }

    /** An answer of a correct replica. */
    void replied(int replica, Output.Reply reply) {
        Output.Reply before = replies.putIfAbsent(reply.id(), reply);
        Violation.unless(
                before == null || (before.slot() == reply.slot() && Arrays.equals(before.result(), reply.result())),
                "two answers to " + reply.id());
        Sent known = sent.get(reply.id());
        Violation.unless(
                known != null || reply.id().client() < CORRUPTED,
                reply.id() + " was ordered, though its ciphertext was made for another request or altered");
        if (known == null || known.result != null || !open.contains(known)) {
            return;
        }
        known.agreeing = known.agreeing.with(replica);
        boolean ownGateway = reply.id().client() == replica;
        ReplicaSet equal = known.agreeing.union(world.corrupted());
        if (ownGateway || Acceptance.ofResult(world.trust(), equal, quorumReads)) {
            accept(known, reply);
        }
    }

    /** As soon as a client can have its answer: the corrupted replicas say the same at once, where that helps. */
    private void accept(Sent known, Output.Reply reply) {
        known.result = reply.result();
        known.responded = now;
        open.remove(known);
        answered.add(known);
    }

    /** Whether every correct client that somebody of the core serves has all its answers. */
    boolean isServed(ReplicaSet core) {
        return open.stream().noneMatch(request -> isOwed(request, core));
    }

    private static boolean isOwed(Sent request, ReplicaSet core) {
        int client = request.id().client();
        return client >= CONFIGURED ? client < CORRUPTED : core.contains(client);
    }

    /** What is still owed, for people. */
    String owed(ReplicaSet core) {
        return open.stream()
                .filter(request -> isOwed(request, core))
                .map(request -> request.id().toString())
                .limit(3)
                .toList()
                .toString();
    }

    byte[] operationOf(Sent request) {
        return request.operation;
    }
}
