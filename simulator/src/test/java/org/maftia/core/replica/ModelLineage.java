package org.maftia.core.replica;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SortedMap;
import org.maftia.core.crypto.Certifier;
import org.maftia.core.crypto.Transcript;
import org.maftia.core.ordering.AsynchronousOrdering;
import org.maftia.core.ordering.AtomicBroadcast;
import org.maftia.core.ordering.Request;
import org.maftia.core.protocol.Ready;
import org.maftia.core.wire.Codec;
import org.maftia.core.wire.Digest;
import org.maftia.core.wire.Reader;
import org.maftia.core.wire.Writer;
import org.maftia.simulator.explore.Fingerprint;
import org.maftia.simulator.explore.Frame;
import org.maftia.simulator.explore.Isolated;

/** A lineage of production in a model: it hears and says frames of its first configuration, and can be looked into. */
public final class ModelLineage {
    private static final long NUMBER = 0;
    private static final String VOTES = "ckpt";

    private final ModelSuccession world;
    private final int seat;
    private final List<byte[]> journal = new ArrayList<>();
    private Lineage lineage;
    private Isolated<Input, Output> process;
    private Replica replica;
    private int followed;

    /** @param journal with which it begins */
    public ModelLineage(ModelSuccession world, int seat, List<byte[]> journal) {
        this.world = world;
        this.seat = seat;
        this.journal.addAll(journal);
        this.lineage = made();
        this.process = new Isolated<>(lineage, journal);
        this.replica = first();
    }

    /** What would survive a crash, as far as it was taken notice of by {@link #said}. */
    public List<byte[]> journal() {
        return List.copyOf(journal);
    }

    private Lineage made() {
        return new Lineage(seat, world.limits, world.present, world.registry(seat), false, Isolated.NOW_MICROS, 0);
    }

    private Replica first() {
        Object branches = Fingerprint.read(Lineage.class, "branches", lineage);
        return ((Branch) Objects.requireNonNull(((SortedMap<?, ?>) branches).get(NUMBER))).replica();
    }

    /** It comes back with what its journal holds. */
    public void restart() {
        lineage = made();
        process = new Isolated<>(lineage, List.copyOf(journal));
        replica = first();
    }

    /** A frame of the protocols of the first configuration. */
    public void received(int from, byte[] frame) {
        process.received(from, new BranchFrame(NUMBER, frame).toBytes());
    }

    /** A peer shows how the first configuration ended. */
    public void shown(int from, ConfigurationCertificate certificate) {
        Writer frame = BranchFrame.ofLineage();
        LineageMessage.CODEC.write(frame, new LineageMessage.Chain(List.of(certificate)));
        process.received(from, frame.toBytes());
    }

    /** A client asks for it. */
    public void submit(Request request) {
        process.input(new Input.Submit(request));
    }

    /** The frames that it said in the first configuration since it was asked last, each once, as its peers get them. */
    public List<byte[]> said() {
        Isolated.Effects<Output> effects = process.effects();
        for (Ready.Storage change : effects.storage()) {
            switch (change) {
                case Ready.Storage.Append append -> journal.add(append.record());
                case Ready.Storage.Replace replace -> {
                    journal.clear();
                    journal.addAll(replace.records());
                }
            }
        }
        Map<Digest, byte[]> frames = new LinkedHashMap<>();
        for (Ready.Outgoing sent : effects.sends()) {
            BranchFrame frame = BranchFrame.read(new Reader(sent.frame()));
            if (frame != null && frame.number() == NUMBER) {
                frames.put(Transcript.sha256(frame.frame()), frame.frame());
            }
        }
        return List.copyOf(frames.values());
    }

    /** The certificates by which it went on since it was asked last. */
    public List<ConfigurationCertificate> followed() {
        List<ConfigurationCertificate> chain = lineage.chain();
        List<ConfigurationCertificate> fresh = chain.subList(Math.min(followed, chain.size()), chain.size());
        followed = chain.size();
        return fresh;
    }

    /** Whether the frame is a vote for a checkpoint. */
    public static boolean isVote(String address) {
        return address.equals(VOTES);
    }

    /** The vote under a name that tells the claim. */
    public Frame vote(byte[] frame) {
        return named(codec().read(body(frame)), frame);
    }

    /** What another replica would send under the same claim. */
    public Frame copied(Frame vote, Certifier signer) {
        var claim = codec().read(body(vote.bytes())).claim();
        Checkpoints.Vote copy = new Checkpoints.Vote(claim, signer.sign(claim.digest(world.digest())));
        Writer writer = new Writer(256);
        writer.opaque8(VOTES.getBytes(StandardCharsets.US_ASCII));
        codec().write(writer, copy);
        return named(copy, writer.toBytes());
    }

    private Frame named(Checkpoints.Vote vote, byte[] frame) {
        Digest digest = vote.claim().digest(world.digest());
        return new Frame("Vote[s" + vote.claim().slot() + " " + digest + "]", frame);
    }

    private static Reader body(byte[] frame) {
        Reader reader = new Reader(frame);
        reader.opaque8(VOTES.length());
        return reader;
    }

    private Codec<Checkpoints.Vote> codec() {
        return ((Checkpoints) Fingerprint.read(Replica.class, "checkpoints", replica)).codec();
    }

    private Execution execution() {
        return (Execution) Fingerprint.read(Replica.class, "execution", replica);
    }

    public AsynchronousOrdering ordering() {
        return (AsynchronousOrdering) Fingerprint.read(Replica.class, "ordering", replica);
    }

    /** The last slot that it executed in the first configuration. */
    public long executed() {
        return execution().slot();
    }

    /** Binds everything that it executed. */
    public Digest history() {
        return (Digest) Fingerprint.read(Execution.class, "history", execution());
    }

    /** The last slot of the first configuration, as far as it knows; 0: it does not. */
    public long last() {
        return execution().succession().last();
    }

    /** Whether it executed the READY with which those of the next configuration are a quorum. */
    public boolean isReady() {
        return execution().standing(world.deciding().id()) == AtomicBroadcast.Standing.EXECUTED;
    }

    /** All that its behaviour depends on, beside its ordering. */
    public Object state() {
        Object checkpoints = Fingerprint.read(Replica.class, "checkpoints", replica);
        Object ahead = Fingerprint.read(Replica.class, "ahead", replica) == null ? "none" : "ahead";
        return Arrays.asList(
                execution().snapshot(),
                Fingerprint.read(Checkpoints.class, "votes", checkpoints),
                Fingerprint.read(Checkpoints.class, "stable", checkpoints),
                Fingerprint.read(Replica.class, "stable", replica),
                ((SortedMap<?, ?>) Fingerprint.read(Replica.class, "snapshots", replica)).keySet(),
                replica.isEstablished(),
                replica.handover() != null,
                ahead,
                Fingerprint.read(Lineage.class, "silentMicros", lineage),
                lineage.present().number(),
                lineage.live());
    }
}
