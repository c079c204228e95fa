package org.maftia.core.replica;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.maftia.core.crypto.IdealCipher;
import org.maftia.core.ordering.RequestId;
import org.maftia.core.protocol.Limits;
import org.maftia.core.testing.CodecCheck;
import org.maftia.core.testing.RecordingPort;
import org.maftia.core.testing.SeededEntropy;
import org.maftia.core.testing.Structures;
import org.maftia.core.wire.Digest;

/** What replica 0 of four does with the shares of others. */
class DisclosureTest {
    private static final IdealCipher CIPHER = new IdealCipher(1, Structures.FOUR);
    private static final byte[] SECRET = {1, 2, 3};
    private static final byte[] LABEL = {9};

    private final RecordingPort<Disclosure.Message, Disclosure.Event> port = new RecordingPort<>(0, Structures.FOUR);
    private final Disclosure disclosure =
            new Disclosure(port, UsedKey.fixed(CIPHER.holder(0), true), new CiphertextCheck(port, CIPHER));
    private final SealedRequest request = sealed(1, CIPHER.encrypt(SECRET, LABEL, new SeededEntropy(1)));

    private static SealedRequest sealed(long number, byte[] ciphertext) {
        return new SealedRequest(
                new RequestId(64, 0, number), new Digest(number, 0, 0, 0), "service", ciphertext, LABEL);
    }

    private static Disclosure.Message.Share share(int replica, SealedRequest request) {
        return new Disclosure.Message.Share(
                request.digest(), 0, CIPHER.holder(replica).share(request.ciphertext(), LABEL));
    }

    private void assertRead() {
        assertThat(Objects.requireNonNull(disclosure.content(request.digest())).operation())
                .isEqualTo(SECRET);
        assertThat(port.outputs).contains(new Disclosure.Disclosed());
    }

    private long sharesSent() {
        return port.lines.stream().filter(line -> line.startsWith("all Share")).count();
    }

    @Test
    void theOwnShareLeavesOnceWhenTheLogHoldsTheRequestAndNotBefore() {
        disclosure.receive(1, share(1, request));
        disclosure.receive(2, new Disclosure.Message.Want(0, List.of(request.digest())));
        assertThat(port.lines).isEmpty();
        disclosure.ordered(request);
        assertThat(sharesSent()).isEqualTo(1);
        assertRead();
        disclosure.ordered(request);
        assertThat(sharesSent()).isEqualTo(1);
    }

    @Test
    void aFalseShareIsBlamedAndAnotherTakesItsPlace() {
        disclosure.ordered(request);
        assertThat(disclosure.content(request.digest())).isNull();
        disclosure.receive(1, new Disclosure.Message.Share(request.digest(), 0, new byte[32]));
        assertThat(disclosure.content(request.digest())).isNull();
        assertThat(port.lines).contains("blame 1 sends a false share of a ciphertext");
        disclosure.receive(1, share(1, request));
        assertThat(disclosure.content(request.digest()))
                .as("who lied has no second say")
                .isNull();
        disclosure.receive(3, share(3, request));
        assertRead();
    }

    @Test
    void anotherRequestsShareOpensNothing() {
        SealedRequest other = sealed(2, CIPHER.encrypt(SECRET, LABEL, new SeededEntropy(2)));
        disclosure.ordered(request);
        byte[] wrong = share(1, other).share();
        disclosure.receive(1, new Disclosure.Message.Share(request.digest(), 0, wrong));
        assertThat(disclosure.content(request.digest())).isNull();
        assertThat(port.lines).contains("blame 1 sends a false share of a ciphertext");
    }

    /** Whatever it took to get it into the log: there is no share of it, and nobody waits. */
    @Test
    void whatIsNotValidIsNeverShared() {
        byte[] altered = request.ciphertext().clone();
        altered[altered.length - 1] ^= 1;
        SealedRequest invalid = sealed(3, altered);
        disclosure.ordered(invalid);
        assertThat(sharesSent()).isZero();
        assertThat(disclosure.content(invalid.digest())).isEqualTo(Disclosure.Content.UNREADABLE);
        disclosure.receive(1, new Disclosure.Message.Want(0, List.of(invalid.digest())));
        assertThat(port.lines).noneMatch(line -> line.contains("Share"));
    }

    @Test
    void garbageInsideIsReadAsNothing() {
        SealedRequest garbage = sealed(4, CIPHER.garbage(LABEL, new SeededEntropy(4)));
        disclosure.ordered(garbage);
        disclosure.receive(2, share(2, garbage));
        assertThat(disclosure.content(garbage.digest())).isEqualTo(Disclosure.Content.UNREADABLE);
    }

    @Test
    void missingSharesAreAskedForAndStallsReported() {
        disclosure.ordered(request);
        port.take();
        for (int i = 0; i < 5; i++) {
            port.nowMicros = port.alarms.getLast().dueMicros;
            port.alarms.getLast().action.run();
        }
        assertThat(port.lines).contains("all Want[keyEpoch=0, requests=[" + request.digest() + "]]");
        assertThat(port.outputs).contains(new Disclosure.Stalled());
        disclosure.receive(1, share(1, request));
        assertRead();
        int alarms = port.alarms.size();
        port.alarms.getLast().action.run();
        assertThat(port.alarms).as("nothing is watched any more").hasSize(alarms);
    }

    @Test
    void theOwnShareIsGivenAgainButNotForTheAskingAlone() {
        disclosure.ordered(request);
        port.take();
        Disclosure.Message.Want want = new Disclosure.Message.Want(0, List.of(request.digest(), request.digest()));
        port.nowMicros = 1_000_000;
        disclosure.receive(2, want);
        disclosure.receive(2, want);
        assertThat(port.lines).singleElement().asString().startsWith("send 2 Share");
        port.nowMicros = 2_000_000;
        disclosure.receive(2, want);
        assertThat(port.lines).hasSize(2);
        disclosure.forget(request.digest());
        port.nowMicros = 3_000_000;
        disclosure.receive(2, want);
        assertThat(port.lines).hasSize(2);
    }

    /** Any peer may send shares of what was never asked: the newest are kept, as many as the budget holds. */
    @Test
    void earlySharesOfAPeerAreBounded() {
        disclosure.receive(1, share(1, request));
        SealedRequest other = sealed(5, request.ciphertext());
        disclosure.receive(2, share(2, other));
        int enough = Limits.DEFAULT.heldBytesPerPeer() / CIPHER.shareLength(1);
        for (int i = 0; i < enough; i++) {
            disclosure.receive(1, new Disclosure.Message.Share(new Digest(7, 7, 7, i), 0, new byte[32]));
        }
        disclosure.ordered(request);
        assertThat(disclosure.content(request.digest()))
                .as("the flood has washed away its sender's own share")
                .isNull();
        disclosure.ordered(other);
        assertThat(disclosure.content(other.digest())).as("and nobody else's").isNotNull();
    }

    @Test
    void whatIsNoShareByItsLengthIsNotKept() {
        disclosure.receive(1, new Disclosure.Message.Share(request.digest(), 0, new byte[33]));
        assertThat(port.take()).isEqualTo("blame 1 sends a false share of a ciphertext");
        disclosure.ordered(request);
        assertThat(port.lines).noneMatch(line -> line.startsWith("blame"));
    }

    @Test
    void codecIsCanonical() {
        List<Digest> many = new ArrayList<>();
        for (int i = 0; i < 64; i++) {
            many.add(new Digest(i, 1, 2, 3));
        }
        CodecCheck.check(
                disclosure.codec(),
                List.of(
                        new Disclosure.Message.Share(request.digest(), 0, Arrays.copyOf(SECRET, 112)),
                        new Disclosure.Message.Share(request.digest(), 0, new byte[0]),
                        new Disclosure.Message.Want(0, List.of()),
                        new Disclosure.Message.Want(7, many)));
    }
}
