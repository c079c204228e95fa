package org.maftia.wormhole.card;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.licel.jcardsim.base.SimulatorRuntime;
import java.lang.reflect.Array;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import javacard.framework.Applet;
import org.junit.jupiter.api.Test;
import org.maftia.wormhole.Refusal;
import org.maftia.wormhole.RefusedException;
import org.maftia.wormhole.StoppedException;
import org.maftia.wormhole.Ttcb;
import org.maftia.wormhole.card.applet.CardCommands;
import org.maftia.wormhole.card.applet.UsigApplet;
import org.maftia.wormhole.certificate.Digest;
import org.maftia.wormhole.certificate.Mark;
import org.maftia.wormhole.certificate.Stream;
import org.maftia.wormhole.certificate.Ui;

/** What a card does beside what every back end does: it is set up once, is full at some time, and can be torn out. */
class CardTest {
    private static final Stream STREAM = CardFixture.GROUP.with(5);

    private static Digest digest(int number) {
        byte[] bytes = new byte[Digest.LENGTH];
        bytes[0] = (byte) number;
        return Digest.of(bytes);
    }

    @Test
    void itIsSetUpOnce() {
        SimulatedCard card = new SimulatedCard(UsigApplet.class);
        assertThatThrownBy(() -> CardTtcb.connect(card.channel(), List.of()))
                .isInstanceOf(StoppedException.class)
                .hasMessageContaining("not set up");
        CardTtcb.setUp(card.channel(), CardFixture.GROUP, 7, 3);
        Ttcb ttcb = CardTtcb.connect(card.channel(), List.of());

        assertThat(ttcb.identity().header().ttcb()).isEqualTo(7);
        assertThat(ttcb.identity().header().epoch()).isEqualTo(3);
        assertThatThrownBy(() -> CardTtcb.setUp(card.channel(), CardFixture.GROUP, 7, 4))
                .isInstanceOf(StoppedException.class);
    }

    @Test
    void itSaysWhenItIsFull() {
        Ttcb ttcb = new CardFixture(UsigApplet.class).connect();
        for (int protocol = 0; protocol < CardCommands.STREAMS; protocol++) {
            ttcb.createUi(CardFixture.GROUP.with(protocol), 0, digest(1));
        }

        assertThatThrownBy(() -> ttcb.createUi(CardFixture.GROUP.with(99), 0, digest(1)))
                .isInstanceOfSatisfying(
                        RefusedException.class, e -> assertThat(e.refusal()).isEqualTo(Refusal.TOO_MANY_STREAMS));
        assertThat(ttcb.createUi(CardFixture.GROUP.with(3), 0, digest(2)).counter())
                .isEqualTo(2);
    }

    @Test
    void commandsOfOtherLengthsAreRefused() throws Exception {
        SimulatedCard card = new SimulatedCard(UsigApplet.class);
        CardTtcb.setUp(card.channel(), CardFixture.GROUP, 0, 1);
        for (int command = 0; command < 256; command += 2) {
            for (int length : new int[] {1, 4, 6, 36, 38, 45, 46, 255}) {
                byte[] apdu = new byte[6 + length];
                apdu[0] = CardCommands.CLASS;
                apdu[1] = (byte) command;
                apdu[4] = (byte) length;
                byte[] answer = card.channel().transmit(apdu);
                if (command == CardCommands.IDENTITY) {
                    continue; // needs no data, and reads none
                }
                assertThat(answer[answer.length - 2] == (byte) 0x90
                                && !(command == CardCommands.COUNTERS && length == 36))
                        .as("command %x with %d bytes", command, length)
                        .isFalse();
            }
        }
        assertThat(CardTtcb.connect(card.channel(), List.of()).lastUi(STREAM, 0))
                .isEmpty();
    }

    /**
     * Cards roll an open transaction back when their power goes; the simulator does not, so here its memory is copied when
     * a transaction begins, and put back when the card is torn out within.
     */
    private static final class Torn extends SimulatorRuntime {
        private final Map<byte[], byte[]> before = new IdentityHashMap<>();
        private int tornAfter = -1;

        /** 0: before the next transaction; 1: within it; 2: when it is done, and the answer has not left. */
        private void tearAt(int moment) {
            tornAfter = moment;
        }

        private void tear(int moment) {
            if (tornAfter == moment) {
                tornAfter = -1;
                throw new IllegalStateException("torn out");
            }
        }

        @Override
        public void beginTransaction() {
            tear(0);
            super.beginTransaction();
            before.clear();
            remember(getApplet(getAID()), new HashMap<>());
        }

        @Override
        public void commitTransaction() {
            if (tornAfter == 1) {
                before.forEach((array, copy) -> System.arraycopy(copy, 0, array, 0, array.length));
                super.abortTransaction();
            }
            tear(1);
            super.commitTransaction();
            tear(2);
        }

        private void remember(Object object, Map<Integer, Object> seen) {
            if (object == null || seen.putIfAbsent(System.identityHashCode(object), object) == object) {
                return;
            }
            if (object instanceof byte[] array) {
                before.put(array, array.clone());
            } else if (object instanceof Object[] array) {
                for (int i = 0; i < Array.getLength(array); i++) {
                    remember(array[i], seen);
                }
            } else if (object.getClass().getName().startsWith("org.maftia")) {
                for (Class<?> type = object.getClass();
                        type != Applet.class && type != null;
                        type = type.getSuperclass()) {
                    for (Field field : type.getDeclaredFields()) {
                        if (!Modifier.isStatic(field.getModifiers())
                                && !field.getType().isPrimitive()) {
                            remember(value(field, object), seen);
                        }
                    }
                }
            }
        }

        private static Object value(Field field, Object object) {
            try {
                field.setAccessible(true);
                return field.get(object);
            } catch (ReflectiveOperationException e) {
                throw new IllegalStateException(e);
            }
        }
    }

    @Test
    void howeverItIsTornOutACounterHasOneDigestAndNoneIsLost() {
        for (int moment = 0; moment <= 2; moment++) {
            for (boolean first : new boolean[] {true, false}) {
                tearOut(moment, first);
            }
        }
    }

    private static void tearOut(int moment, boolean first) {
        Torn runtime = new Torn();
        SimulatedCard card = new SimulatedCard(UsigApplet.class, runtime);
        CardTtcb.setUp(card.channel(), CardFixture.GROUP, 0, 1);
        Ttcb ttcb = CardTtcb.connect(card.channel(), List.of());
        if (!first) {
            ttcb.createUi(STREAM, 0, digest(1));
        }
        runtime.tearAt(moment);
        assertThatThrownBy(() -> ttcb.createUi(STREAM, 0, digest(2))).isInstanceOf(RuntimeException.class);
        card.reset();
        Ttcb again = CardTtcb.connect(card.channel(), List.of());
        Optional<Ui> last = again.lastUi(STREAM, 0);
        long given = (first ? 0 : 1) + (moment == 2 ? 1 : 0);

        assertThat(last.map(Ui::counter).orElse(0L)).isEqualTo(given);
        if (moment == 2) {
            assertThat(last.orElseThrow().digest()).isEqualTo(digest(2));
            assertThat(again.verify(last.orElseThrow(), digest(2))).isTrue();
        }
        Ui next = again.createUi(STREAM, 0, digest(3));
        assertThat(next.counter()).isEqualTo(given + 1);
        assertThat(again.verify(next, digest(3))).isTrue();
        assertThat(again.raise(STREAM, Mark.VIEW, 1, digest(4)).counters().of(0))
                .isEqualTo(given + 1);
    }
}
