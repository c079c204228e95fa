package org.maftia.core.ordering;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayDeque;
import java.util.IdentityHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.maftia.core.testing.Attack;
import org.maftia.core.testing.Structures;
import org.maftia.core.testing.TestGroup.Flight;
import org.maftia.core.testing.TestGroup.Scheduler;
import org.maftia.core.trust.FaultStructure;

/** Leaders that are slow, dead, or have nothing to do. */
class SlowLeaderTest {
    private static final FaultStructure FOUR = Structures.FOUR;
    private static final int OUTSTANDING = 32;

    private final LogGroup group = new LogGroup(FOUR, Scheduler.OLDEST_FIRST, 1);
    private final ArrayDeque<Request> outstanding = new ArrayDeque<>();
    private int sent;

    private Request next() {
        Request request = LogGroup.request(64 + sent % 16, sent / 16);
        sent++;
        group.submit(request);
        return request;
    }

    /** Clients that ask again as soon as they are answered. */
    private void load(int requests, int atOnce) {
        for (int last = sent + requests; sent < last; ) {
            while (outstanding.size() < atOnce) {
                outstanding.add(next());
            }
            group.group.step();
            outstanding.removeIf(this::isOrdered);
        }
    }

    private boolean isOrdered(Request request) {
        return group.isExecuted(2, request.id());
    }

    private long epoch() {
        return group.progress(2).epoch();
    }

    private void changeLeader() {
        long before = epoch();
        for (int replica = 0; replica < FOUR.size(); replica++) {
            group.group.input(replica, new LogReplica.In.Pass(before));
        }
        assertThat(group.group.run(20_000, () -> epoch() > before)).isTrue();
    }

    /** It knows the patience of the others, and uses seven tenths of it for every proposal. */
    private final class Sloth {
        private final Map<byte[], Long> held = new IdentityHashMap<>();

        boolean holds(Flight flight) {
            if (flight.from() != 1 || !(Twisted.message(flight.frame()) instanceof Message.Propose)) {
                return false;
            }
            long since = held.computeIfAbsent(flight.frame(), frame -> group.group.nowMicros());
            return group.group.nowMicros() - since < group.progress(2).timeoutMicros() * 7 / 10;
        }
    }

    @Attack("slow leader, timeout inflation")
    @Test
    void aLeaderThatStaysBelowEveryTimeOutLosesItsTurn() {
        load(1_000, OUTSTANDING);
        changeLeader();
        long slow = epoch();
        assertThat(group.progress(2).leader()).isEqualTo(1);
        group.group.delay(new Sloth()::holds);
        load(4_000, OUTSTANDING);
        assertThat(epoch()).isGreaterThan(slow);
        assertThat(group.progress(2).leader()).isNotEqualTo(1);
        group.checkBlames(FOUR.all());
    }

    /** What others did under load is no measure for it. */
    @Test
    void aLightlyLoadedLeaderStays() {
        load(1_000, OUTSTANDING);
        changeLeader();
        long quiet = epoch();
        load(600, 1);
        assertThat(epoch()).isEqualTo(quiet);
    }

    @Test
    void aLeaderAsQuickAsTheLastOneStaysUnderTheSameLoad() {
        load(1_000, OUTSTANDING);
        changeLeader();
        long second = epoch();
        load(4_000, OUTSTANDING);
        assertThat(epoch()).isEqualTo(second);
    }

    /** Not after four: what it never proposed has no slot whose time-out could pass. */
    @Test
    void aLeaderThatDiesWhileNothingIsUnderWayIsGivenUpAfterOneTimeOut() {
        load(20, 1);
        group.group.run(400, outstanding::isEmpty);
        long timeout = group.progress(2).timeoutMicros();
        group.group.crash(0);
        long before = group.group.nowMicros();
        next();
        assertThat(group.group.run(20_000, () -> epoch() > 0)).isTrue();
        assertThat(group.group.nowMicros() - before).isBetween(timeout, 2 * timeout);
    }
}
