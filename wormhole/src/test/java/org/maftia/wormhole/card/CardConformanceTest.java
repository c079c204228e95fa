package org.maftia.wormhole.card;

import org.maftia.wormhole.card.applet.UsigApplet;
import org.maftia.wormhole.conformance.ConformanceKit;
import org.maftia.wormhole.conformance.Fixture;

/** The kit over the applet in a simulated card. */
class CardConformanceTest extends ConformanceKit {
    @Override
    protected Fixture fixture() {
        return new CardFixture(UsigApplet.class);
    }
}
