package org.maftia.wormhole.card;

import com.licel.jcardsim.base.Simulator;
import com.licel.jcardsim.base.SimulatorRuntime;
import java.io.IOException;
import javacard.framework.AID;
import javacard.framework.Applet;

/** A card of software in a reader of software, that can be torn out and put in again. */
final class SimulatedCard {
    private static final AID NAME = new AID(CardChannel.applet(), (short) 0, (byte) CardChannel.applet().length);

    private final Simulator simulator;

    SimulatedCard(Class<? extends Applet> applet, SimulatorRuntime runtime) {
        this.simulator = new Simulator(runtime);
        simulator.installApplet(NAME, applet);
        simulator.selectApplet(NAME);
    }

    SimulatedCard(Class<? extends Applet> applet) {
        this(applet, new SimulatorRuntime());
    }

    /** Tears it out and puts it in again. */
    void reset() {
        simulator.reset();
        simulator.selectApplet(NAME);
    }

    CardChannel channel() {
        return new CardChannel() {
            private boolean closed;

            @Override
            public byte[] transmit(byte[] command) throws IOException {
                if (closed) {
                    throw new IOException("the card was left");
                }
                return simulator.transmitCommand(command);
            }

            @Override
            public void close() {
                closed = true;
            }
        };
    }
}
