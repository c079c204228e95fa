package org.maftia.services.register;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.maftia.core.ordering.RequestId;
import org.maftia.core.replica.Command;
import org.maftia.core.replica.StateMachine;
import org.maftia.core.wire.Reader;
import org.maftia.core.wire.Writer;
import org.maftia.services.testing.UnaskedContext;

class RegisterTest {
    private final Register register = new Register();

    /** In which operations are executed. */
    private long slot = 1;

    private byte[] apply(byte[] operation) {
        return register.apply(new Command(new RequestId(64, 1, 0), operation), new NoContext());
    }

    private byte[] apply(RegisterOperation operation) {
        return apply(RegisterOperation.CODEC.encode(operation));
    }

    private static byte[] text(String value) {
        return value.getBytes(StandardCharsets.UTF_8);
    }

    /** A register asks the group for nothing. */
    private final class NoContext extends UnaskedContext {
        @Override
        public long timeMicros() {
            throw new AssertionError("not asked");
        }

        @Override
        public long index() {
            return slot;
        }
    }

    @Test
    void whatWasPutIsThere() {
        assertThat(apply(new RegisterOperation.Get("k"))).isEmpty();
        apply(new RegisterOperation.Put("k", text("v")));
        assertThat(apply(new RegisterOperation.Get("k"))).isEqualTo(text("v"));
    }

    @Test
    void aSwapHappensOnlyFromTheExpectedValue() {
        assertThat(apply(new RegisterOperation.Swap("k", text("x"), text("y")))).containsExactly(0);
        assertThat(apply(new RegisterOperation.Swap("k", text(""), text("y")))).containsExactly(1);
        assertThat(apply(new RegisterOperation.Get("k"))).isEqualTo(text("y"));
    }

    @Test
    void countersAdd() {
        apply(new RegisterOperation.Add("n", 5));
        assertThat(apply(new RegisterOperation.Add("n", -2))).containsExactly(0, 0, 0, 0, 0, 0, 0, 3);
    }

    @Test
    void nonsenseAndTooManyKeysChangeNothing() {
        assertThat(apply(text("nonsense"))).isEmpty();
        assertThat(apply(new byte[0])).isEmpty();
        for (int i = 0; i < 1000; i++) {
            apply(new RegisterOperation.Put("k" + i, text("v")));
        }
        assertThat(apply(new RegisterOperation.Get("k255"))).isEqualTo(text("v"));
        assertThat(apply(new RegisterOperation.Get("k256"))).isEmpty();
    }

    @Test
    void aSnapshotIsTheWholeState() {
        apply(new RegisterOperation.Put("k", text("v")));
        Writer writer = new Writer();
        register.snapshot(writer);
        Register other = new Register();
        other.restore(new Reader(writer.toBytes()));
        assertThat(other.root()).isEqualTo(register.root());
        assertThat(other.view().root()).isEqualTo(register.view().root());
    }

    @Test
    void aReadTellsTheValueAndWhenItWasSet() {
        apply(new RegisterOperation.Put("k", text("v")));
        slot = 9;
        apply(new RegisterOperation.Swap("k", text("other"), text("w")));
        byte[] get = RegisterOperation.CODEC.encode(new RegisterOperation.Get("k"));
        assertThat(register.read(get)).usingRecursiveComparison().isEqualTo(new StateMachine.Reading(1, text("v")));
        apply(new RegisterOperation.Put("k", text("w")));
        assertThat(register.read(get)).usingRecursiveComparison().isEqualTo(new StateMachine.Reading(9, text("w")));
        assertThat(register.read(RegisterOperation.CODEC.encode(new RegisterOperation.Add("k", 1))))
                .isNull();
        assertThat(register.read(text("nonsense"))).isNull();
    }

    @Test
    void theViewShowsEachKeyAsItIsNow() {
        apply(new RegisterOperation.Put("k", text("v")));
        apply(new RegisterOperation.Put("", text("no key of a view")));
        assertThat(register.view().get("k")).isEqualTo(text("v"));
        apply(new RegisterOperation.Put("k", text("w")));
        assertThat(register.view().get("k")).isEqualTo(text("w"));
        assertThat(register.view().get("other")).isNull();
    }
}
