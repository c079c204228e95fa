package org.maftia.core.replica;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.maftia.core.ordering.RequestId;
import org.maftia.core.testing.Seeds;
import org.maftia.core.testing.TestGroup;

/** A configuration may have services that the one before had not, and the other way round. */
class ChangingServicesTest {
    private static final Configuration FIRST = LineageGroup.threshold(null, 1, 0, 1, 2, 3);
    private static final Configuration SECOND = LineageGroup.threshold(FIRST, 1, 0, 1, 2, 3);
    private static final Configuration THIRD = LineageGroup.threshold(SECOND, 1, 0, 1, 2, 3);

    /** The second configuration has one service more, between whose name and the end of the alphabet the old one's lies. */
    private static Genesis equip(Configuration configuration, int seat, Genesis plain) {
        TreeMap<String, StateMachine> services = new TreeMap<>(plain.services());
        if (configuration.number() == 1) {
            services.put("guest", new Waiting());
        }
        return new Genesis(
                plain.configuration(),
                plain.certifier(),
                plain.coin(),
                plain.cipher(),
                services,
                plain.keys(),
                plain.signers(),
                plain.grants(),
                plain.clients(),
                plain.care(),
                plain.evaluators(),
                plain.components(),
                plain.tenure());
    }

    /** Has something opened and looked at, too, whatever it counts: what it waits for is there when it goes. */
    private static final class Waiting extends Tally {
        private static final long DEADLINE_MICROS = 60_000_000;

        @Override
        public byte @Nullable [] apply(Command command, Context context) {
            context.observe(new byte[0], 0, context.timeMicros() + DEADLINE_MICROS);
            context.decrypt(new byte[] {1}, new byte[0], 0);
            return super.apply(command, context);
        }

        @Override
        public boolean observed(long reference, Observations observations, Context context) {
            return observations.isOver();
        }

        @Override
        public void decrypted(long reference, byte @Nullable [] message, Context context) {
            assertThat(message).isNull();
        }
    }

    @Seeds(8)
    void aServiceBeginsWithAConfigurationAndEndsWithAnother(long seed) {
        LineageGroup group =
                new LineageGroup(FIRST, 4, TestGroup.Scheduler.drawn(seed, 4), seed, ChangingServicesTest::equip);
        group.connectAll();
        assertThat(group.text(group.submit("x"), FIRST)).isEqualTo("1");
        change(group, FIRST, SECOND, 0);
        assertThat(group.text(guest(group), SECOND)).isEqualTo("1");
        group.lose(3);
        group.group.restart(3);
        group.connectAll();
        for (int i = 2; i <= 2 * LineageGroup.INTERVAL; i++) {
            assertThat(group.text(guest(group), SECOND)).isEqualTo(Integer.toString(i));
        }
        group.settled(SECOND, 0, 1, 2, 3);
        group.submit("guest", "sign".getBytes(StandardCharsets.UTF_8));
        change(group, SECOND, THIRD, 1);
        guest(group); // nobody takes it
        assertThat(group.text(group.submit("x"), THIRD)).isEqualTo("18");
    }

    private static RequestId guest(LineageGroup group) {
        return group.submit("guest", new byte[] {'x'});
    }

    /** Also counts eight. */
    private static void change(LineageGroup group, Configuration before, Configuration after, int serial) {
        RequestId wish = group.submit(LineageGroup.signed(after, serial, 0, 2));
        group.answered(wish, before);
        group.install(after);
        for (int i = 0; i < LineageGroup.INTERVAL; i++) {
            group.answered(group.submit("x"), before, after);
        }
        group.settled(after, 0, 1, 2, 3);
    }
}
