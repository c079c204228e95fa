package org.maftia.wormhole.sim;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.maftia.wormhole.trusted.ControlChannel;

/** A private network of all components: what is sent arrives after a time drawn up to D, unless its sender crashes. */
final class SimulatedChannel {
    static final long ROUND_MICROS = 1_000;
    static final long SKEW_MICROS = 100;

    /** A message on its way. */
    record Flight(long arrivalNanos, int to, byte[] message) {}

    private final SplittableRandom random;
    private final SimulatedClocks clocks;
    private final List<Flight> flights = new ArrayList<>();
    private int crashes = 1;

    SimulatedChannel(long seed, SimulatedClocks clocks) {
        this.random = new SplittableRandom(seed);
        this.clocks = clocks;
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
                if (mayGo.getAsBoolean()) {
                    long arrival = clocks.monotonicNanos() + random.nextLong(1, ROUND_MICROS + 1) * 1_000;
                    flights.add(new Flight(arrival, member, java.util.Arrays.copyOf(message, length)));
                }
            }

            @Override
            public boolean isSynchronous() {
                return true;
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
