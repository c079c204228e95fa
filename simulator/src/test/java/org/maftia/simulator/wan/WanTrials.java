package org.maftia.simulator.wan;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.maftia.core.protocol.Limits;
import org.maftia.core.replica.Output;
import org.maftia.simulator.Draw;
import org.maftia.simulator.ServiceTrial;

/** What a group promises in a wide-area network, for tests and for the hunt after planted bugs. */
public final class WanTrials {
    /** Frames that a minute of delay may hold of a group with ten requests: their own, and those of a few questions. */
    static final int FRAMES_MAX = 400;

    private WanTrials() {}

    /** The promise that breaks under this seed, in words, or null. */
    public static @Nullable String broken(String trial, ServiceTrial service, long seed) {
        return switch (trial) {
            case "wan-calm" -> {
                Calm.Result result = Calm.run(profile("continents-4"), service, seed, 1);
                yield result.isMet() ? null : "slots take more than the bound and a tenth, epochs " + result.epochs();
            }
            case "wan-killed" -> {
                Killed.Result result = Killed.run(profile("uniform-20"), service, seed, 1);
                yield result.isMet() ? null : "a gap of " + result.gaps().most() + " us";
            }
            case "wan-slow" -> {
                Slow.Result result = Slow.run(profile("uniform-20"), service, seed, 1);
                yield result.isMet()
                        ? null
                        : "a slow leader led for " + result.borne().most() + " us";
            }
            case "wan-minute" -> {
                int frames = framesUnderWay(service, seed);
                yield frames <= FRAMES_MAX ? null : frames + " frames under way";
            }
            default -> throw new IllegalArgumentException(trial);
        };
    }

    static Profile profile(String name) {
        return Profile.named(name).orElseThrow();
    }

    /** The most frames on one link of a group in which all that one replica hears and says takes a minute. */
    static int framesUnderWay(ServiceTrial service, long seed) {
        long minute = 60_000_000;
        Minute listener = new Minute();
        WideArea world = new WideArea(profile("uniform-20"), Limits.DEFAULT, service, seed, listener);
        Gateways gateways = new Gateways(world, service, 500_000, new Draw(seed));
        listener.gateways.add(gateways);
        world.tap((from, to, frame) -> from == 3 || to == 3 ? minute : 0);
        world.start();
        world.runUntil(3 * minute);
        gateways.start();
        world.runUntil(3 * minute + 2_000_000);
        gateways.stop();
        world.runUntil(10 * minute);
        return world.inFlightMost();
    }

    private static final class Minute implements WideArea.Listener {
        private final List<Gateways> gateways = new ArrayList<>();

        @Override
        public void proposed(int leader, long slot) {}

        @Override
        public void decided(int replica, long slot) {}

        @Override
        public void output(int replica, Output output) {
            if (output instanceof Output.Reply reply) {
                gateways.forEach(each -> each.replied(replica, reply.id()));
            }
        }
    }
}
