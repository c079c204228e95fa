package org.maftia.wormhole.sim;

import org.maftia.wormhole.certificate.TagProfile;
import org.maftia.wormhole.conformance.ConformanceKit;
import org.maftia.wormhole.conformance.Fixture;

class SignedConformanceTest extends ConformanceKit {
    @Override
    protected Fixture fixture() {
        return new SimulatedFixture(SimulatedWormhole.Variant.MEMORY, TagProfile.P256);
    }
}
