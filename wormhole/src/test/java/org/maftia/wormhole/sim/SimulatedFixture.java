package org.maftia.wormhole.sim;

import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.maftia.wormhole.Ttcb;
import org.maftia.wormhole.certificate.Stream;
import org.maftia.wormhole.certificate.TagProfile;
import org.maftia.wormhole.conformance.Fixture;

final class SimulatedFixture implements Fixture {
    private final Stream group = new Stream(1, 2, 0);
    private final SimulatedWormhole wormhole;
    private SimulatedWormhole.@Nullable Copy copy;

    SimulatedFixture(SimulatedWormhole.Variant variant, TagProfile profile) {
        wormhole = new SimulatedWormhole(11, group, 2, variant, profile);
        wormhole.formView(List.of(1L, 2L));
    }

    @Override
    public Stream group() {
        return group;
    }

    @Override
    public Ttcb connect() {
        return wormhole.connect(0);
    }

    @Override
    public Optional<Ttcb> peer() {
        return Optional.of(wormhole.connect(1));
    }

    @Override
    public Ttcb killAndRestart() {
        return wormhole.restart(0);
    }

    @Override
    public void remember() {
        copy = wormhole.save(0);
    }

    @Override
    public Ttcb restoreAndRestart() {
        wormhole.crash(0);
        wormhole.restore(0, java.util.Objects.requireNonNull(copy));
        return wormhole.restart(0);
    }

    @Override
    public void close() {}
}
