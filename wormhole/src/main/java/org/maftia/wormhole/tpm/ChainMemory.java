package org.maftia.wormhole.tpm;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.maftia.wormhole.certificate.Certificate;
import org.maftia.wormhole.certificate.EpochCertificate;
import org.maftia.wormhole.certificate.Fence;
import org.maftia.wormhole.certificate.Header;
import org.maftia.wormhole.certificate.Kind;
import org.maftia.wormhole.certificate.MalformedCertificateException;
import org.maftia.wormhole.certificate.Mark;
import org.maftia.wormhole.certificate.QuoteTag;
import org.maftia.wormhole.certificate.Statement;
import org.maftia.wormhole.certificate.Stream;
import org.maftia.wormhole.certificate.Ui;

/** Where a host's own chain stands, as its journal has it. */
final class ChainMemory {
    /** So many entries, a few hundred kilobytes, and the journal is made short. */
    private static final int ENTRIES_MAX = 4_096;

    private static final String ANOTHER = "the journal is that of another component";

    private final ChainJournal journal;
    private final ChainState state;
    private final Certificate[] remembered = new Certificate[ChainVerifier.REMEMBERED];

    /** The last link of each stream and kind, each mark its own, in the order of the chain; the first link stays. */
    private final Map<String, Certificate> last = new LinkedHashMap<>();

    private byte[] register = new byte[32];
    private int links;
    private int entries;

    private ChainMemory(ChainJournal journal, Header epoch) {
        this.journal = journal;
        this.state = new ChainState(epoch);
    }

    /** A statement that the register was, or was to be, extended by. */
    record Pending(byte[] before, byte[] statement) {}

    private @Nullable Pending pending;

    /**
     * Reads what the journal says of this epoch; what it says of earlier ones is over.
     *
     * @throws IOException if it is of another component, or of an epoch that the TPM has not reached
     */
    static ChainMemory read(ChainJournal journal, Header epoch) throws IOException {
        ChainMemory memory = new ChainMemory(journal, epoch);
        try {
            for (ChainJournal.Entry entry : journal.read()) {
                if (!memory.take(entry, epoch)) {
                    journal.replace(List.of());
                    return new ChainMemory(journal, epoch);
                }
            }
        } catch (MalformedCertificateException e) {
            throw new IOException("the journal of the chain is damaged", e);
        }
        return memory;
    }

    /** False if the entry is of an earlier epoch. */
    private boolean take(ChainJournal.Entry entry, Header epoch) throws IOException {
        entries++;
        if (entry instanceof ChainJournal.Entry.Intent(byte[] bytes)) {
            if (bytes.length < 32 + Kind.HEADER_LENGTH) {
                throw new IOException("the journal of the chain is damaged");
            }
            if (!isPresent(Statement.ttcb(bytes, 32), Statement.epoch(bytes, 32), epoch)) {
                return false;
            }
            pending = new Pending(Arrays.copyOf(bytes, 32), Arrays.copyOfRange(bytes, 32, bytes.length));
            return true;
        }
        Certificate link = Certificate.decode(entry.bytes());
        if (!link.header().stream().sameGroup(epoch.stream())) {
            throw new IOException(ANOTHER);
        }
        if (!isPresent(link.header().ttcb(), link.header().epoch(), epoch)) {
            return false;
        }
        put(link);
        state.restore(link);
        return true;
    }

    /** Whether an entry is of this epoch; false for an earlier one. */
    private static boolean isPresent(int ttcb, long epoch, Header now) throws IOException {
        if (ttcb != now.ttcb()) {
            throw new IOException(ANOTHER);
        }
        if (epoch > now.epoch()) {
            throw new IOException("the TPM counts fewer starts than the journal: its state was restored");
        }
        return epoch == now.epoch();
    }

    private void put(Certificate link) {
        String place = link instanceof EpochCertificate
                ? Kind.EPOCH.name()
                : link.header().stream().protocol()
                        + (link instanceof Fence fence
                                ? fence.mark().name()
                                : link.kind().name());
        last.remove(place);
        last.put(place, link);
        remembered[links++ % remembered.length] = link;
        register = QuoteTag.of(link.seal()).after(link.statement());
        pending = null;
    }

    /** The first link of the epoch; empty before it. */
    Optional<EpochCertificate> first() {
        return Optional.ofNullable((EpochCertificate) last.get(Kind.EPOCH.name()));
    }

    Optional<Pending> pending() {
        return Optional.ofNullable(pending);
    }

    /** What the register holds after the last link. */
    byte[] register() {
        return register;
    }

    ChainState state() {
        return state;
    }

    Optional<Ui> lastUi(Stream stream) {
        return Optional.ofNullable((Ui) last.get(stream.protocol() + Kind.UI.name()));
    }

    Optional<Fence> lastFence(Stream stream, Mark mark) {
        return Optional.ofNullable((Fence) last.get(stream.protocol() + mark.name()));
    }

    /** Whether this very link is one of the last. */
    boolean knows(Certificate link) {
        for (Certificate each : remembered) {
            if (each != null && each.equals(link)) {
                return true;
            }
        }
        return false;
    }

    /** Makes durable what is about to be done. */
    void intend(byte[] before, byte[] statement) throws IOException {
        byte[] bytes = Arrays.copyOf(before, before.length + statement.length);
        System.arraycopy(statement, 0, bytes, before.length, statement.length);
        journal.append(new ChainJournal.Entry.Intent(bytes));
        entries++;
        pending = new Pending(before, statement);
    }

    /** Makes durable that it was done. */
    void sealed(Certificate link) throws IOException {
        journal.append(new ChainJournal.Entry.Sealed(link.encoded()));
        entries++;
        if (!(link instanceof EpochCertificate)) {
            state.restore(link);
        }
        put(link);
        if (entries > ENTRIES_MAX) {
            List<ChainJournal.Entry> kept = new ArrayList<>();
            for (Certificate each : last.values()) {
                kept.add(new ChainJournal.Entry.Sealed(each.encoded()));
            }
            journal.replace(kept);
            entries = kept.size();
        }
    }
}
