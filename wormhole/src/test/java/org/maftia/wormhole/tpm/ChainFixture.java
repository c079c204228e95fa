package org.maftia.wormhole.tpm;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.maftia.wormhole.Ttcb;
import org.maftia.wormhole.certificate.SigningKey;
import org.maftia.wormhole.certificate.Stream;
import org.maftia.wormhole.conformance.Fixture;

/** Two machines with TPMs of software; an intruder copies the state of one before each start. */
final class ChainFixture implements Fixture {
    static final Stream GROUP = new Stream(31, 32, 0);

    private final UnaryOperator<TpmTransport> wires;
    private final Swtpm machine = Swtpm.start();
    private @Nullable Swtpm other;
    private Path beforeStart;
    private @Nullable Path remembered;
    private TpmChain chain;

    ChainFixture() throws IOException {
        this(UnaryOperator.identity());
    }

    /**
     * @param wires what lies between the machine and its TPM
     */
    ChainFixture(UnaryOperator<TpmTransport> wires) throws IOException {
        this.wires = wires;
        this.beforeStart = restart();
        this.chain = begin();
    }

    /** Switches the machine off and on; gives a copy from in between. */
    private Path restart() throws IOException {
        machine.off();
        Path copy = machine.copy();
        machine.on();
        return copy;
    }

    private TpmChain begin() throws IOException {
        return TpmChain.begin(new Tpm(wires.apply(machine.transport())), GROUP, 0, 0, new ChainPeers(Map.of()));
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
        SigningKey pinned = chain.identity().identityKey();
        ChainPeers peers = new ChainPeers(Map.of(0, pinned));
        peers.admit(chain.identity().evidence());
        other = Swtpm.start();
        return Optional.of(TpmChain.begin(other.connect(), GROUP, 1, 0, peers).open());
    }

    @Override
    public Ttcb killAndRestart() throws IOException {
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
