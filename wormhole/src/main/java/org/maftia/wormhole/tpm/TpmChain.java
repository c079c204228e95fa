package org.maftia.wormhole.tpm;

import java.io.IOException;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.maftia.wormhole.Capabilities;
import org.maftia.wormhole.EpochSource;
import org.maftia.wormhole.Identity;
import org.maftia.wormhole.StoppedException;
import org.maftia.wormhole.Ttcb;
import org.maftia.wormhole.certificate.Attestation;
import org.maftia.wormhole.certificate.Certificate;
import org.maftia.wormhole.certificate.EpochCertificate;
import org.maftia.wormhole.certificate.EpochKeys;
import org.maftia.wormhole.certificate.Fence;
import org.maftia.wormhole.certificate.Header;
import org.maftia.wormhole.certificate.MalformedCertificateException;
import org.maftia.wormhole.certificate.Mark;
import org.maftia.wormhole.certificate.QuoteTag;
import org.maftia.wormhole.certificate.Seal;
import org.maftia.wormhole.certificate.Stream;
import org.maftia.wormhole.certificate.TagProfile;
import org.maftia.wormhole.certificate.TpmClock;
import org.maftia.wormhole.certificate.Ui;

/**
 * A TPM as the whole trusted component: each statement extends PCR 15, and the TPM quotes what the register holds then.
 * A register has one content, and no command takes an extension back before the machine is reset; so the links of an
 * epoch have one order, which everybody who follows the chain sees alike, however corrupt the host is.
 *
 * <p>This class runs on the host and is believed by nobody. Whoever else extends the register stops the chain: the quote
 * shows what was not ours, and no receiver takes another link of this epoch. An epoch is the TPM's count of its resets
 * and restarts, so that after a reset the group takes the component back under another number.
 */
public final class TpmChain implements AutoCloseable {
    private static final byte[] NOTHING = new byte[0];

    private static final int MANUFACTURER = 0x105;
    private static final int VENDOR = 0x106;

    /** "SW  ", as the emulator calls itself. */
    private static final int SOFTWARE = 0x53572020;

    private static final String FOREIGN = "somebody else has extended PCR 15, or the TPM's state was restored";

    /** A seal for statements that have none yet. */
    static final Seal UNSEALED = Seal.of(TagProfile.QUOTE, new byte[TagProfile.QUOTE.length()]);

    private final Tpm tpm;
    private final Tpm.LoadedKey key;
    private final Stream group;
    private final ChainPeers peers;
    private final Identity identity;
    private final Capabilities capabilities;
    private final ChainMemory memory;
    private @Nullable String stopped;

    private TpmChain(Tpm tpm, Stream group, int ttcb, long previousEpoch, ChainPeers peers, ChainJournal journal)
            throws IOException {
        this.tpm = tpm;
        this.group = group.with(Stream.COMPONENT);
        this.peers = peers;
        this.key = tpm.attestationKey();
        long begin = System.nanoTime();
        TpmClock clock = clock(tpm.quote(key, NOTHING, 1 << QuoteTag.REGISTER));
        long nanos = 2 * (System.nanoTime() - begin); // an extension takes as long, or less
        this.capabilities = capabilities(Math.max(1, (int) Math.min(100_000, 1_000_000_000L / nanos)));
        Header header = new Header(this.group, ttcb, clock.epoch());
        this.memory = ChainMemory.read(journal, header);
        resume(header.epoch());
        byte[] keys = new byte[EpochKeys.LENGTH]; // no key of agreement: there is nothing to wrap
        System.arraycopy(key.key().key().toBytes(), 0, keys, 0, EpochKeys.SIGNING_LENGTH);
        if (memory.first().isEmpty()) {
            extend(
                    tpm.register(QuoteTag.REGISTER),
                    new EpochCertificate(header, previousEpoch, EpochKeys.of(keys), UNSEALED).statement(),
                    header.epoch());
        }
        EpochCertificate first = memory.first().orElseThrow();
        if (!first.keys().equals(EpochKeys.of(keys))) {
            throw new IOException("the journal is that of another TPM");
        }
        this.identity = new Identity(header, key.key().key(), first);
    }

    /** Holds the register against the journal, and completes a link in whose middle the process had stopped. */
    private void resume(long epoch) throws IOException {
        byte[] now = tpm.register(QuoteTag.REGISTER);
        ChainMemory.Pending pending = memory.pending().orElse(null);
        if (pending != null && Arrays.equals(now, pending.before())) {
            extend(pending.before(), pending.statement(), epoch);
        } else if (pending != null) {
            certify(pending.before(), pending.statement(), epoch); // extended already, or by somebody else
        } else if (memory.first().isPresent() && !Arrays.equals(now, memory.register())) {
            throw new IOException(FOREIGN);
        }
    }

    /**
     * Begins an epoch with its first link, the EPOCH certificate; or goes on with the one that the journal tells of, if the
     * TPM is still in it and nobody else has touched the register.
     *
     * @param previousEpoch the epoch before, 0 for none
     * @param peers the other components of the group
     * @param journal what this host keeps of its chain
     * @throws IOException if the TPM does not do its part, or the journal is not that of its register
     */
    public static TpmChain begin(
            Tpm tpm, Stream group, int ttcb, long previousEpoch, ChainPeers peers, ChainJournal journal)
            throws IOException {
        try {
            return new TpmChain(tpm, group, ttcb, previousEpoch, peers, journal);
        } catch (StoppedException | MalformedCertificateException e) {
            throw new IOException("the TPM's chain does not begin: " + e.getMessage(), e);
        }
    }

    private Capabilities capabilities(int ratePerSecond) throws IOException {
        boolean software = tpm.property(VENDOR) == SOFTWARE;
        return new Capabilities(
                ratePerSecond,
                EpochSource.TPM,
                !software,
                false,
                false,
                1,
                false,
                false,
                EnumSet.of(TagProfile.QUOTE),
                software
                        ? List.of("not rollback-proof: it is a TPM of software, whose state can be copied and restored")
                        : List.of("made by %08x".formatted(tpm.property(MANUFACTURER))));
    }

    /** A session of the host with its TPM. */
    public Ttcb open() {
        return new ChainTtcb(this);
    }

    Capabilities capabilities() {
        return capabilities;
    }

    Identity identity() {
        return identity;
    }

    boolean serves(Stream stream) {
        return stream.sameGroup(group);
    }

    synchronized void random(byte[] out) {
        try {
            tpm.random(out);
        } catch (IOException e) {
            throw new StoppedException("the TPM cannot be reached", e);
        }
    }

    /** Makes the next link of a statement that follows from where the chain stands. */
    synchronized <C extends Certificate> C link(Function<ChainState, C> statement, Class<C> type) {
        String before = stopped;
        if (before != null) {
            throw new StoppedException(before);
        }
        C unsealed = statement.apply(memory.state());
        try {
            return type.cast(extend(
                    memory.register(), unsealed.statement(), identity.header().epoch()));
        } catch (IOException e) {
            throw stop("the chain of this epoch is over: " + e.getMessage());
        }
    }

    private Certificate extend(byte[] before, byte[] statement, long epoch) throws IOException {
        memory.intend(before, statement);
        tpm.extend(QuoteTag.REGISTER, QuoteTag.extension(statement));
        return certify(before, statement, epoch);
    }

    /** Has the TPM quote the register after a link, and looks whether that is what it should hold. */
    private Certificate certify(byte[] before, byte[] statement, long epoch) throws IOException {
        Tpm.Attested quote = tpm.quote(key, NOTHING, 1 << QuoteTag.REGISTER);
        QuoteTag tag = QuoteTag.of(before, clock(quote), quote.signature());
        if (tag.clock().epoch() != epoch) {
            throw new IOException("the TPM was reset, or the machine suspended");
        }
        if (!Arrays.equals(quote.attestation(), tag.attestation(key.key(), statement))) {
            throw new IOException(FOREIGN);
        }
        Certificate link = sealed(statement, tag);
        memory.sealed(link);
        return link;
    }

    synchronized Optional<Ui> lastUi(Stream stream) {
        return memory.lastUi(stream);
    }

    synchronized Optional<Fence> lastFence(Stream stream, Mark mark) {
        return memory.lastFence(stream, mark);
    }

    private StoppedException stop(String sentence) {
        stopped = sentence;
        return new StoppedException(sentence);
    }

    private static TpmClock clock(Tpm.Attested quote) throws IOException {
        try {
            return Attestation.clock(quote.attestation(), NOTHING);
        } catch (MalformedCertificateException e) {
            throw new IOException("the TPM's quote is malformed", e);
        }
    }

    private static Certificate sealed(byte[] statement, QuoteTag tag) {
        byte[] bytes = Arrays.copyOf(statement, statement.length + 1 + TagProfile.QUOTE.length());
        bytes[statement.length] = (byte) TagProfile.QUOTE.code();
        System.arraycopy(tag.seal().tag(), 0, bytes, statement.length + 1, TagProfile.QUOTE.length());
        return Certificate.decode(bytes);
    }

    synchronized boolean verify(Certificate certificate) {
        return certificate.header().ttcb() == identity.header().ttcb()
                ? memory.knows(certificate)
                : peers.take(certificate);
    }

    /** Lets the TPM stop in order, and leaves it. */
    @Override
    public synchronized void close() throws IOException {
        try (tpm) {
            stopped = "the TPM was left";
            tpm.flush(key.handle());
            tpm.shutdown();
        }
    }
}
