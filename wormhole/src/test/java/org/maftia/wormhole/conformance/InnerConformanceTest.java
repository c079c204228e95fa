package org.maftia.wormhole.conformance;

class InnerConformanceTest extends ConformanceKit {
    @Override
    protected Fixture fixture() {
        return new InnerFixture(InnerFixture.Bug.NONE);
    }
}
