package org.maftia.wormhole.process;

import java.security.KeyPair;
import java.security.SecureRandom;
import java.util.List;
import org.maftia.wormhole.Action;
import org.maftia.wormhole.AgreementTag;
import org.maftia.wormhole.Decision;
import org.maftia.wormhole.Outcome;
import org.maftia.wormhole.TrustedView;
import org.maftia.wormhole.Ttcb;
import org.maftia.wormhole.certificate.Digest;
import org.maftia.wormhole.certificate.Mark;
import org.maftia.wormhole.certificate.Stream;
import org.maftia.wormhole.certificate.TagProfile;
import org.maftia.wormhole.certificate.Ui;
import org.maftia.wormhole.host.FramedTtcb;
import org.maftia.wormhole.host.Transport;
import org.maftia.wormhole.trusted.Clocks;
import org.maftia.wormhole.trusted.Component;
import org.maftia.wormhole.trusted.CounterRecord;
import org.maftia.wormhole.trusted.Guard;
import org.maftia.wormhole.trusted.RelayedChannel;
import org.maftia.wormhole.trusted.Setup;

/**
 * Has a component of other keys do everything once or often, so that all classes are loaded before the filter closes,
 * and the busiest paths are compiled before somebody waits for them. It is thrown away; its certificates verify nowhere.
 */
final class Rehearsal {
    /** Enough for the first tier of compilers, short of a noticeable start. */
    private static final int ROUNDS = 500;

    private Rehearsal() {}

    static void run(
            ProcessOptions options,
            KeyPair identity,
            SecureRandom random,
            Clocks clocks,
            CounterRecord record,
            FrameHandler handler) {
        Setup setup = new Setup(
                new Stream(random.nextLong(), random.nextLong(), Stream.COMPONENT),
                options.ttcb(),
                0,
                1,
                options.profile(),
                ComponentProcess.capabilities(options, false, false, new java.util.ArrayList<>()),
                identity,
                null,
                null);
        Component component =
                new Component(setup, random, record, clocks, new Guard(clocks, false, 1), new RelayedChannel(1, 1));
        Stream stream = setup.group().with(9);
        handler.handOver(component);
        Transport line = new Transport() {
            @Override
            public void exchange(byte[] request, byte[] reply) {
                handler.frame(0, request, reply);
            }

            @Override
            public void close() {
                handler.gone(0);
            }
        };
        try (Ttcb ttcb = FramedTtcb.connect(line, null, random)) {
            ttcb.install(
                    new TrustedView(
                            0,
                            0,
                            List.of(new TrustedView.Member(
                                    options.ttcb(),
                                    1,
                                    ttcb.identity().evidence().keys())),
                            List.of()),
                    new byte[0],
                    List.of());
            int rounds = options.persistent() ? 40 : ROUNDS; // each of a persistent one waits for the disk
            for (int round = 0; round < rounds; round++) {
                Ui ui = ttcb.createUi(stream, round % Stream.LANES, Digest.ZERO);
                ttcb.verify(ui, Digest.ZERO);
                if (round < 5) {
                    others(component, ttcb, stream, round + 1, clocks, options.profile());
                }
            }
        }
    }

    private static void others(
            Component component, Ttcb ttcb, Stream stream, int round, Clocks clocks, TagProfile profile) {
        ttcb.raise(stream, Mark.VIEW, round, Digest.ZERO);
        ttcb.lastFence(stream, Mark.VIEW);
        ttcb.lastUi(stream, 0);
        ttcb.lastVoid(stream, 0);
        ttcb.counters(stream, Digest.ZERO);
        ttcb.trustedView();
        if (profile == TagProfile.HMAC) {
            ttcb.wrapKey(0);
        }
        ttcb.timestamp(Digest.ZERO);
        ttcb.stopDuration(ttcb.startDuration());
        ttcb.executed(ttcb.executeAt(Action.NOTIFY_HOST, clocks.realMicros(), clocks.realMicros() + 1_000_000));
        long watch = ttcb.watch(ttcb.party(), round, 1_000_000);
        ttcb.done(round);
        ttcb.verdict(watch);
        AgreementTag tag;
        do { // a machine that is busy may come too late for so short a time
            long start = clocks.realMicros() + 1_000;
            tag = ttcb.propose(List.of(ttcb.party()), start, Decision.MAX, Digest.ZERO);
        } while (!tag.inTime());
        while (!(ttcb.decide(tag) instanceof Outcome.Decided)) { // a millisecond, as it is alone
            component.wake(clocks.monotonicNanos());
        }
        ttcb.takeMessage();
        ttcb.giveMessage(new byte[100]);
        ttcb.lateness();
        ttcb.random(new byte[32]);
    }
}
