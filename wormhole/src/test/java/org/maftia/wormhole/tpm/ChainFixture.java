package org.maftia.wormhole.tpm;

import java.io.IOException;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.maftia.wormhole.Ttcb;
import org.maftia.wormhole.certificate.BigEndian;
import org.maftia.wormhole.certificate.SigningKey;
import org.maftia.wormhole.certificate.Stream;
import org.maftia.wormhole.conformance.Fixture;

/** Two machines with TPMs of software; an intruder copies the state of one before each start. */
final class ChainFixture implements Fixture {
    enum Bug {
        NONE,
        /** Quotes without having extended: the certificate is there before it counts. */
        NO_EXTENSION,
        /** The TPM's state is set back at each start, so that it counts the same start again. */
        EPOCH_REUSE,
        /** A TPM of software that says it is a chip. */
        FALSE_CHIP,
        /** Peers were given the key of another TPM. */
        OWN_KEYS
    }

    static final Stream GROUP = new Stream(31, 32, 0);

    private final Bug bug;
    private final Swtpm machine = Swtpm.start();
    private @Nullable Swtpm other;
    private Path beforeStart;
    private @Nullable Path remembered;
    private TpmChain chain;

    ChainFixture(Bug bug) throws IOException {
        this.bug = bug;
        try {
            this.beforeStart = restart();
            this.chain = begin();
        } catch (IOException e) {
            machine.close();
            throw e;
        }
    }

    /** Switches the machine off and on; gives a copy from in between. */
    private Path restart() throws IOException {
        machine.off();
        Path copy = machine.copy();
        machine.on();
        return copy;
    }

    private TpmChain begin() throws IOException {
        return TpmChain.begin(
                new Tpm(wire(machine.transport())), GROUP, 0, 0, new ChainPeers(Map.of()), ChainJournal.NONE);
    }

    /** What lies between the machine and its TPM. */
    private TpmTransport wire(TpmTransport transport) {
        return switch (bug) {
            case NONE, EPOCH_REUSE, OWN_KEYS -> transport;
            case NO_EXTENSION -> new FalseWire(transport, 0x182, bytes("8002 00000013 00000000 00000000 0000 01 0000"));
            case FALSE_CHIP ->
                new FalseWire(transport, 0x17a, bytes("8001 0000001b 00000000 00 00000006 00000001 00000106 49544d53"));
        };
    }

    private static byte[] bytes(String hex) {
        return HexFormat.of().parseHex(hex.replace(" ", ""));
    }

    /** Answers commands of one code by itself. */
    private record FalseWire(TpmTransport transport, int code, byte[] answer) implements TpmTransport {
        @Override
        public int exchange(byte[] command, int length, byte[] response) throws IOException {
            boolean ours = BigEndian.u32(command, 6) == code
                    && (code != 0x17a || BigEndian.u32(command, 14) == BigEndian.u32(answer, 19));
            if (!ours) {
                return transport.exchange(command, length, response);
            }
            System.arraycopy(answer, 0, response, 0, answer.length);
            return answer.length;
        }

        @Override
        public void close() throws IOException {
            transport.close();
        }
    }

    @Override
    public Stream group() {
        return GROUP;
    }

    @Override
    public Ttcb connect() {
        return chain.open();
    }

    @Override
    public Optional<Ttcb> peer() throws IOException {
        other = Swtpm.start();
        Tpm tpm = other.connect();
        SigningKey pinned = chain.identity().identityKey();
        if (bug == Bug.OWN_KEYS) {
            Tpm.LoadedKey stranger = tpm.attestationKey();
            tpm.flush(stranger.handle());
            pinned = stranger.key().key();
        }
        ChainPeers peers = new ChainPeers(Map.of(0, pinned));
        peers.admit(chain.identity().evidence());
        return Optional.of(
                TpmChain.begin(tpm, GROUP, 1, 0, peers, ChainJournal.NONE).open());
    }

    @Override
    public Ttcb killAndRestart() throws IOException {
        if (bug == Bug.EPOCH_REUSE) {
            remember();
            return restoreAndRestart();
        }
        beforeStart = restart();
        chain = begin();
        return chain.open();
    }

    @Override
    public void remember() {
        remembered = beforeStart;
    }

    @Override
    public Ttcb restoreAndRestart() throws IOException {
        machine.off();
        machine.restore(java.util.Objects.requireNonNull(remembered));
        machine.on();
        chain = begin();
        return chain.open();
    }

    @Override
    public void close() throws IOException {
        if (other != null) {
            other.close();
        }
        machine.close();
    }
}
