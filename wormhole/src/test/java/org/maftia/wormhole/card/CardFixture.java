package org.maftia.wormhole.card;

import java.util.List;
import java.util.Optional;
import javacard.framework.Applet;
import org.maftia.wormhole.Ttcb;
import org.maftia.wormhole.card.applet.UsigApplet;
import org.maftia.wormhole.certificate.Stream;
import org.maftia.wormhole.conformance.Fixture;

/** Two simulated cards. There is nothing outside a card that a host could copy or put back. */
public final class CardFixture implements Fixture {
    static final Stream GROUP = new Stream(41, 42, 0);

    private final SimulatedCard card;
    private final SimulatedCard other = new SimulatedCard(UsigApplet.class);
    private final boolean setUpAgain;

    public CardFixture(Class<? extends Applet> applet) {
        this(applet, false);
    }

    /**
     * @param setUpAgain whether an intruder sets the card up once more at each start
     */
    public CardFixture(Class<? extends Applet> applet, boolean setUpAgain) {
        this.setUpAgain = setUpAgain;
        this.card = new SimulatedCard(applet);
        CardTtcb.setUp(card.channel(), GROUP, 0, 1);
        CardTtcb.setUp(other.channel(), GROUP, 1, 1);
    }

    @Override
    public Stream group() {
        return GROUP;
    }

    @Override
    public Ttcb connect() {
        return CardTtcb.connect(card.channel(), List.of());
    }

    @Override
    public Optional<Ttcb> peer() {
        try (Ttcb first = connect()) {
            return Optional.of(CardTtcb.connect(other.channel(), List.of(first.identity())));
        }
    }

    @Override
    public Ttcb killAndRestart() {
        card.reset();
        if (setUpAgain) {
            CardTtcb.setUp(card.channel(), GROUP, 0, 1);
        }
        return connect();
    }

    @Override
    public void remember() {}

    @Override
    public Ttcb restoreAndRestart() {
        return killAndRestart();
    }

    @Override
    public void close() {}
}
