package org.maftia.core.replica;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.maftia.core.protocol.Path;
import org.maftia.core.protocol.Ready;
import org.maftia.core.wire.Writer;

/** What a lineage wants done: that of all its branches, in the words of seats, in the order in which it came about. */
final class LineageEffects {
    private final Supplier<List<byte[]>> journal;

    private List<Ready.Storage> storage = new ArrayList<>();
    private List<Ready.Outgoing> sends = new ArrayList<>();
    private List<Output> outputs = new ArrayList<>();
    private List<Ready.Computation> computations = new ArrayList<>();
    private List<Ready.Certification> certifications = new ArrayList<>();
    private List<Ready.Blame> blames = new ArrayList<>();

    /** Whose computation it is; looked up only. */
    private final Map<Long, Task> tasks = new HashMap<>();

    /** Keeps its room: what is kept may be a whole batch, each time. */
    private final Writer scratch = new Writer(256);

    private long serial;
    private boolean compactionAsked;

    /** @param journal gives all records that must survive */
    LineageEffects(Supplier<List<byte[]>> journal) {
        this.journal = journal;
    }

    /** A computation as its branch numbers it. */
    record Task(long number, long id) {}

    /** Whose computation came back; null: unknown. */
    @Nullable
    Task task(long id) {
        return tasks.remove(id);
    }

    void keep(LineageRecord record) {
        LineageRecord.CODEC.write(scratch.restart(), record);
        storage.add(new Ready.Storage.Append(scratch.toBytes()));
    }

    void send(int peer, byte[] frame) {
        sends.add(new Ready.Outgoing(peer, frame));
    }

    void output(Output output) {
        outputs.add(output);
    }

    void blame(int peer, String rule, Path path) {
        blames.add(new Ready.Blame(peer, rule, path));
    }

    /** The journal is to be replaced, once all branches are drained. */
    void compact() {
        compactionAsked = true;
    }

    /** All branches are drained: what they appended is in the records that they give now. */
    void compactIfAsked() {
        if (compactionAsked) {
            compactionAsked = false;
            storage.clear();
            storage.add(new Ready.Storage.Replace(journal.get()));
        }
    }

    void collect(Branch branch, Ready<Output> ready) {
        long number = branch.configuration().number();
        for (Ready.Storage change : ready.storage()) {
            switch (change) {
                case Ready.Storage.Append append -> keep(new LineageRecord.Kept(number, append.record()));
                case Ready.Storage.Replace replace -> compact();
            }
        }
        byte[] inner = null;
        byte[] frame = null;
        for (Ready.Outgoing outgoing : ready.sends()) {
            // What goes to all is one array, and is addressed once.
            if (frame == null || inner != outgoing.frame()) {
                inner = outgoing.frame();
                frame = new BranchFrame(number, inner).toBytes();
            }
            send(branch.seat(outgoing.to()), frame);
        }
        for (Output output : ready.outputs()) {
            outputs.add(branch.outward(output));
        }
        for (Ready.Computation task : ready.computations()) {
            tasks.put(serial, new Task(number, task.id()));
            computations.add(new Ready.Computation(serial++, task.path(), task.task()));
        }
        for (Ready.Certification asked : ready.certifications()) {
            tasks.put(serial, new Task(number, asked.id()));
            certifications.add(new Ready.Certification(serial++, asked.path(), asked.call()));
        }
        ready.blames().forEach(blame -> blame(branch.seat(blame.replica()), blame.rule(), blame.path()));
    }

    Ready<Output> drain() {
        Ready<Output> ready = new Ready<>(storage, sends, outputs, computations, certifications, blames);
        storage = new ArrayList<>();
        sends = new ArrayList<>();
        outputs = new ArrayList<>();
        computations = new ArrayList<>();
        certifications = new ArrayList<>();
        blames = new ArrayList<>();
        return ready;
    }
}
