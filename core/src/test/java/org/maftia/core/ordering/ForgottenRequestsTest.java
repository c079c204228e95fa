package org.maftia.core.ordering;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.maftia.core.testing.Attack;
import org.maftia.core.testing.Seeds;
import org.maftia.core.testing.TestGroup.Scheduler;
import org.maftia.core.trust.FaultStructure;
import org.maftia.core.trust.ReplicaSet;

/** What a replica said that it holds is gone with its memory, and counts again when it says so again. */
class ForgottenRequestsTest {
    private static final FaultStructure SEVEN = FaultStructure.threshold(7, 2);
    private static final ReplicaSet HOLDERS = ReplicaSet.of(5).with(6);
    private static final int STEPS_MAX = 50_000;

    /**
     * Two replicas hold a request that a quorum once vouched for, and all others lost it with their memory. Two are no
     * kernel, so nobody else can vouch for it; with what the corrupt say they would be enough to end one epoch after the other.
     */
    @Attack("no leader can order what is left of a request")
    @Seeds(8)
    void nobodyGivesUpOnALeaderForWhatTheOthersForgot(long seed) {
        LogGroup group = new LogGroup(SEVEN, Scheduler.drawn(seed, 7), seed);
        TreeSet<Integer> suspicious = new TreeSet<>();
        SEVEN.all()
                .forEach(replica -> group.group.filter(replica, outgoing -> {
                    if (Twisted.message(outgoing.frame()) instanceof Message.Suspect) {
                        suspicious.add(replica);
                    }
                    return true;
                }));
        Request request = LogGroup.request(80, 0);
        group.submitTo(HOLDERS, request);
        byte[] have = Twisted.frame(new Message.Have(List.of(Reference.to(request))));
        for (int holder : HOLDERS.toList()) {
            SEVEN.all().minus(HOLDERS).forEach(peer -> group.group.inject(peer, holder, have));
        }
        while (!group.group.flights().isEmpty()) {
            group.group.deliver(0);
        }
        group.connectAll();

        group.group.run(STEPS_MAX, () -> !suspicious.isEmpty());
        assertThat(suspicious).as("who gave up on a leader").isEmpty();

        group.submit(request);
        group.runUntilDelivered(SEVEN.all(), STEPS_MAX);
        assertThat(group.progress(0).epoch()).as("nobody had to be replaced").isZero();
    }

    /** Only links broke: the leader hears again of all that it knew to be held, however much that is. */
    @Test
    void whoStillHoldsRequestsSaysSoForAllOfThem() {
        LogGroup group = new LogGroup(SEVEN, Scheduler.OLDEST_FIRST, 1);
        int each = LogGroup.LIMITS.pooledRequestsPerClient();
        int clients = MessageCodec.REFERENCES_MAX / each + 2;
        List<Reference> said = new ArrayList<>();
        for (int client = 100; client < 100 + clients; client++) {
            for (int sequence = 0; sequence < each; sequence++) {
                group.submitTo(HOLDERS, LogGroup.request(client, sequence));
            }
        }
        while (!group.group.flights().isEmpty()) {
            group.group.deliver(0);
        }
        group.group.filter(5, outgoing -> {
            if (outgoing.to() == 0 && Twisted.message(outgoing.frame()) instanceof Message.Have have) {
                said.addAll(have.references());
            }
            return true;
        });
        group.group.input(0, new LogReplica.In.Connected(5));
        group.group.run(STEPS_MAX, () -> said.size() >= clients * each);
        assertThat(new TreeSet<>(said)).hasSize(clients * each);
        assertThat(Collections.frequency(said, said.getFirst())).isEqualTo(1);
    }
}
