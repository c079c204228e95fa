package org.maftia.core.ordering;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.maftia.core.crypto.Verifier;
import org.maftia.core.testing.RecordingPort;
import org.maftia.core.testing.Structures;

class RequestPoolTest {
    private static final Request REQUEST = LogGroup.request(80, 1);
    private static final Reference REFERENCE = Reference.to(REQUEST);

    private final RecordingPort<Message, AtomicBroadcast.Event> port = new RecordingPort<>(3, Structures.FOUR);
    private final ClientSignatures signatures = new ClientSignatures(port, Verifier.NOBODY, LogReplica.CONFIGURATION);
    private final RequestPool pool =
            new RequestPool(port, id -> AtomicBroadcast.Standing.OPEN, signatures, new RequestPool.Listener() {
                @Override
                public void filled(Slot slot) {}

                @Override
                public void accepted(Slot slot) {}

                @Override
                public void ripened(Candidate candidate) {}

                @Override
                public void ordered(Candidate candidate) {}

                @Override
                public void gathered() {}
            });

    /** HAVE is said once. Links keep the order of what one peer says, not of what two say. */
    @Test
    void aHaveThatCameAfterAProposalOutlivesTheEpoch() {
        Slot slot = new Slot(1);
        Candidate first = pool.require(0, Entry.of(REQUEST), slot);
        pool.vouched(2, REFERENCE);
        assertThat(first.acceptable)
                .as("one replica other than the leader is no kernel")
                .isFalse();

        slot.clearVotes();
        pool.restartPatience();
        Candidate second = pool.require(1, Entry.of(REQUEST), slot);
        assertThat(second.holders.contains(2)).isTrue();
        pool.vouched(0, REFERENCE);

        assertThat(second.acceptable).isTrue();
    }

    @Test
    void whatOnlyTheLastLeaderSpokeOfDoesNotOutliveItsEpoch() {
        Slot slot = new Slot(1);
        pool.require(0, Entry.of(REQUEST), slot);

        slot.clearVotes();
        pool.restartPatience();

        assertThat(pool.size()).isZero();
    }
}
