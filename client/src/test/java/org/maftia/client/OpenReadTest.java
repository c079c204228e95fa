package org.maftia.client;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.maftia.client.OpenRead.Progress;
import org.maftia.client.wire.ClientMessage;
import org.maftia.core.testing.Attack;
import org.maftia.core.trust.FaultStructure;

/** Attack register: reads, stale or blocking. When a client believes a reading of four replicas, of which one may lie. */
class OpenReadTest {
    private static final FaultStructure TRUST = FaultStructure.threshold(4, 1);
    private static final byte[] NEW = new byte[100];
    private static final byte[] OLD = {1};

    private final OpenRead read = new OpenRead("register", new byte[0], 4, new CompletableFuture<>());

    @BeforeEach
    void askAll() {
        for (int i = 0; i < 4; i++) {
            read.asked(i);
        }
    }

    private Progress whole(int replica, long slot, byte[] value) {
        return read.reading(replica, new ClientMessage.Reading(0, slot, true, value), TRUST);
    }

    private Progress digest(int replica, long slot, byte[] value) {
        byte[] digest = ClientMessage.digest(value).toBytes();
        return read.reading(replica, new ClientMessage.Reading(0, slot, false, digest), TRUST);
    }

    @Test
    void aQuorumOfEqualReadingsIsBelieved() {
        assertThat(whole(0, 7, NEW)).isEqualTo(Progress.WAIT);
        assertThat(digest(1, 7, NEW)).isEqualTo(Progress.WAIT);
        assertThat(digest(3, 7, NEW)).isEqualTo(Progress.ANSWERED);
        assertThat(read.result()).isEqualTo(NEW);
    }

    @Test
    void aReplicaThatRepeatsItselfHasOneVote() {
        assertThat(whole(0, 7, OLD)).isEqualTo(Progress.WAIT);
        assertThat(whole(0, 7, OLD)).isEqualTo(Progress.WAIT);
        assertThat(whole(0, 7, OLD)).isEqualTo(Progress.WAIT);
        assertThat(whole(1, 7, OLD)).isEqualTo(Progress.WAIT);
    }

    @Attack("reads: stale, or blocking clients")
    @Test
    void equalValuesOfDifferentSlotsAreNotEqual() {
        assertThat(whole(0, 7, NEW)).isEqualTo(Progress.WAIT);
        assertThat(whole(1, 7, NEW)).isEqualTo(Progress.WAIT);
        assertThat(whole(2, 8, NEW)).isEqualTo(Progress.WAIT);
        assertThat(whole(3, 8, NEW)).isEqualTo(Progress.TO_THE_LOG);
    }

    /** One that lies and one that is silent must not hold up a reader. */
    @Attack("reads: stale, or blocking clients")
    @Test
    void theLogAnswersAsSoonAsNoQuorumIsLeft() {
        assertThat(whole(0, 7, NEW)).isEqualTo(Progress.WAIT);
        assertThat(read.unread(1, TRUST)).isEqualTo(Progress.WAIT);
        assertThat(whole(2, 3, OLD)).isEqualTo(Progress.TO_THE_LOG);
    }

    @Attack("reads: stale, or blocking clients")
    @Test
    void theLogAnswersWhenTheWholeValueIsALie() {
        assertThat(whole(0, 7, OLD)).isEqualTo(Progress.WAIT);
        assertThat(digest(1, 7, NEW)).isEqualTo(Progress.WAIT);
        assertThat(digest(2, 7, NEW)).isEqualTo(Progress.WAIT);
        assertThat(digest(3, 7, NEW)).isEqualTo(Progress.TO_THE_LOG);
    }

    @Test
    void whoWasNotAskedHasNoVoteAndAKernelOfConnectionsMakesNoQuorum() {
        OpenRead few = new OpenRead("register", new byte[0], 4, new CompletableFuture<>());
        few.asked(0);
        few.asked(1);
        assertThat(few.progress(TRUST)).isEqualTo(Progress.TO_THE_LOG);
        assertThat(few.reading(2, new ClientMessage.Reading(0, 7, true, NEW), TRUST))
                .isEqualTo(Progress.WAIT);
    }
}
