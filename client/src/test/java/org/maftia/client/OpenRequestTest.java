package org.maftia.client;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.maftia.client.OpenRequest.Progress;
import org.maftia.client.wire.ClientMessage;
import org.maftia.core.testing.Attack;
import org.maftia.core.trust.FaultStructure;

/** When a client believes a result. Four replicas, of which one may lie. */
class OpenRequestTest {
    private static final FaultStructure TRUST = FaultStructure.threshold(4, 1);
    private static final byte[] RIGHT = new byte[100];
    private static final byte[] WRONG = {1};

    private final OpenRequest request = request(false);

    private static OpenRequest request(boolean quorumReads) {
        return new OpenRequest(0, new byte[0], quorumReads, 4, Long.MAX_VALUE, new CompletableFuture<>());
    }

    private static ClientMessage.Reply whole(long slot, byte[] result) {
        return new ClientMessage.Reply(1, 0, slot, true, result);
    }

    private static ClientMessage.Reply digest(long slot, byte[] result) {
        return new ClientMessage.Reply(
                1, 0, slot, false, ClientMessage.digest(result).toBytes());
    }

    private Progress reply(int replica, ClientMessage.Reply reply) {
        return request.reply(replica, reply, TRUST);
    }

    /** Attack register: reply forgery by one replica. One vote per TLS identity, however often it speaks. */
    @Attack("reply forgery by one replica")
    @Test
    void oneReplicaIsNotBelieved() {
        assertThat(reply(0, whole(5, WRONG))).isEqualTo(Progress.WAIT);
        assertThat(reply(0, whole(5, WRONG))).isEqualTo(Progress.WAIT);
    }

    @Test
    void aKernelOfEqualAnswersIsBelieved() {
        assertThat(reply(0, whole(5, RIGHT))).isEqualTo(Progress.WAIT);
        assertThat(reply(3, digest(5, RIGHT))).isEqualTo(Progress.ANSWERED);
        request.complete();
        assertThat(request.future()).isCompletedWithValue(RIGHT);
    }

    /** Attack register: reads, stale. What a kernel executed, a quorum of others may not show yet. */
    @Test
    void resultsOfAServiceWithQuorumReadsNeedAQuorum() {
        OpenRequest write = request(true);
        assertThat(write.reply(0, whole(5, RIGHT), TRUST)).isEqualTo(Progress.WAIT);
        assertThat(write.reply(0, whole(5, RIGHT), TRUST)).isEqualTo(Progress.WAIT);
        assertThat(write.reply(1, whole(5, RIGHT), TRUST)).isEqualTo(Progress.WAIT);
        assertThat(write.reply(3, digest(5, RIGHT), TRUST)).isEqualTo(Progress.ANSWERED);
    }

    @Test
    void answersOfDifferentSlotsAreNotEqual() {
        assertThat(reply(0, whole(5, RIGHT))).isEqualTo(Progress.WAIT);
        assertThat(reply(1, whole(6, RIGHT))).isEqualTo(Progress.WAIT);
        assertThat(reply(2, whole(6, RIGHT))).isEqualTo(Progress.ANSWERED);
    }

    @Attack("reply forgery by one replica")
    @Test
    void aReplicaCannotChangeItsVote() {
        assertThat(reply(0, whole(5, WRONG))).isEqualTo(Progress.WAIT);
        assertThat(reply(1, whole(5, RIGHT))).isEqualTo(Progress.WAIT);
        assertThat(reply(0, whole(5, RIGHT))).isEqualTo(Progress.WAIT);
        assertThat(reply(2, digest(5, RIGHT))).isEqualTo(Progress.RESULT_MISSING);
        assertThat(reply(2, whole(5, RIGHT))).isEqualTo(Progress.ANSWERED);
    }

    @Attack("reply forgery by one replica")
    @Test
    void aLieThatCameWholeDoesNotPassForTheResult() {
        assertThat(reply(0, whole(5, WRONG))).isEqualTo(Progress.WAIT);
        assertThat(reply(1, digest(5, RIGHT))).isEqualTo(Progress.WAIT);
        assertThat(reply(2, digest(5, RIGHT))).isEqualTo(Progress.RESULT_MISSING);
        assertThat(reply(1, whole(5, RIGHT))).isEqualTo(Progress.ANSWERED);
        request.complete();
        assertThat(request.future()).isCompletedWithValue(RIGHT);
    }

    @Test
    void onlyAQuorumOfRefusalsEndsIt() {
        assertThat(request.refused(0, TRUST)).isFalse();
        assertThat(request.refused(0, TRUST)).isFalse();
        assertThat(request.refused(1, TRUST)).isFalse();
        assertThat(request.refused(2, TRUST)).isTrue();
    }
}
