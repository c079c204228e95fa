package org.maftia.wormhole.sim;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.maftia.wormhole.trusted.ControlChannel;

/**
 * A private network of all components: what is sent arrives after a time drawn up to D, unless its sender crashes. Or the
 * hosts' network, which loses some and is late with others.
 */
final class SimulatedChannel {
    static final long ROUND_MICROS = 1_000;
    static final long SKEW_MICROS = 100;

    /** A message on its way. */
    record Flight(long arrivalNanos, int to, byte[] message) {}

    private final SplittableRandom random;
    private final SimulatedClocks clocks;
    private final List<Flight> flights = new ArrayList<>();
    private int crashes = 1;
    private int loss;

    SimulatedChannel(long seed, SimulatedClocks clocks) {
        this.random = new SplittableRandom(seed);
        this.clocks = clocks;
    }

    /** From now on hosts carry the messages, and lose so many in a hundred. */
    void relay(int lossPerCent) {
        loss = lossPerCent;
    }

    void survive(int crashesSurvived) {
        crashes = crashesSurvived;
    }

    /** When the next message arrives; the largest number if none is on its way. */
    long nextNanos() {
        return flights.stream().mapToLong(Flight::arrivalNanos).min().orElse(Long.MAX_VALUE);
    }

    /** Takes what has arrived by now. */
    List<Flight> arrived() {
        List<Flight> arrived = flights.stream()
                .filter(flight -> flight.arrivalNanos() <= clocks.monotonicNanos())
                .toList();
        flights.removeAll(arrived);
        return arrived;
    }

    /** The end of one component; {@code mayGo} says, message by message, whether it still runs. */
    ControlChannel end(java.util.function.BooleanSupplier mayGo) {
        return new ControlChannel() {
            @Override
            public void send(int member, byte[] message, int length) {
                if (mayGo.getAsBoolean() && random.nextInt(100) >= loss) {
                    long late = loss > 0 && random.nextInt(4) == 0 ? 20 : 1; // carried by hosts, some as they please
                    long arrival = clocks.monotonicNanos() + random.nextLong(1, late * ROUND_MICROS + 1) * 1_000;
                    flights.add(new Flight(arrival, member, java.util.Arrays.copyOf(message, length)));
                }
            }

            @Override
            public Kind kind() {
                return loss > 0 ? Kind.PARTIAL : Kind.SYNC;
            }

            @Override
            public long roundMicros() {
                return ROUND_MICROS;
            }

            @Override
            public long skewMicros() {
                return SKEW_MICROS;
            }

            @Override
            public int crashes() {
                return crashes;
            }
        };
    }
}
