package org.maftia.services.signing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.maftia.core.crypto.RsaHash;
import org.maftia.core.ordering.RequestId;
import org.maftia.core.replica.Command;
import org.maftia.core.testing.Attack;
import org.maftia.core.wire.Digest;
import org.maftia.core.wire.MalformedException;
import org.maftia.core.wire.Reader;
import org.maftia.core.wire.Writer;
import org.maftia.services.signing.SigningAnswer.Reason;
import org.maftia.services.signing.SigningCommand.Request;
import org.maftia.services.testing.UnaskedContext;

class SigningTest {
    private static final long START = 1_700_000_000_000_000L;
    private static final int GATEWAY = 2;
    private static final byte[] DIGEST = RsaHash.SHA256.digest("a file".getBytes(StandardCharsets.UTF_8));
    private static final CallerKey ALICE = caller("alice's token");
    private static final CallerKey BOB = caller("bob's token");
    private static final CallerKey MALLORY = caller("mallory's token");
    private static final Digest RELEASE = SigningPolicy.publicKey(BigInteger.valueOf(77));
    private static final Digest DOOR = SigningPolicy.publicKey(BigInteger.valueOf(99));

    private final List<byte[]> signed = new ArrayList<>();
    private final List<String> keys = new ArrayList<>();
    private Signing signing = signing();
    private long now = START;
    private long sequence;
    private boolean mayNotSign;

    private static CallerKey caller(String token) {
        return CallerKey.ofToken(token.getBytes(StandardCharsets.UTF_8));
    }

    private static Signing signing() {
        return new Signing(List.of(
                new SigningPolicy(
                        "release",
                        "sign-release",
                        RELEASE,
                        false,
                        EnumSet.of(RsaHash.SHA256, RsaHash.SHA512),
                        List.of(ALICE.publicKey()),
                        6),
                new SigningPolicy(
                        "door",
                        "sign-door",
                        DOOR,
                        true,
                        EnumSet.of(RsaHash.SHA256),
                        List.of(ALICE.publicKey(), BOB.publicKey()),
                        600)));
    }

    /** The group, reduced to its clock and its pen. */
    private final class Log extends UnaskedContext {
        @Override
        public long timeMicros() {
            return now;
        }

        @Override
        public long index() {
            return sequence;
        }

        @Override
        public boolean signFor(RequestId command, String keyId, byte[] message) {
            if (mayNotSign) {
                return false;
            }
            assertThat(command.sequence()).isEqualTo(sequence);
            keys.add(keyId);
            signed.add(message);
            return true;
        }
    }

    private SigningAnswer ask(int gateway, byte[] operation) {
        byte[] result = signing.apply(new Command(new RequestId(gateway, 1, ++sequence), operation), new Log());
        return SigningAnswer.CODEC.decode(Objects.requireNonNull(result));
    }

    private SigningAnswer ask(SigningCommand command) {
        return ask(GATEWAY, SigningCommand.CODEC.encode(command));
    }

    private static Request request(String key, boolean pss, CallerKey caller, long timeMicros) {
        return new Request(key, pss, RsaHash.SHA256, DIGEST, caller.publicKey(), GATEWAY, timeMicros);
    }

    private SigningCommand release(CallerKey caller) {
        return SigningCommand.proved(request("release", false, caller, now), RELEASE, caller);
    }

    private SigningCommand door(CallerKey caller, long timeMicros) {
        return SigningCommand.proved(request("door", true, caller, timeMicros), DOOR, caller);
    }

    private static void assertRefused(SigningAnswer answer, Reason reason) {
        assertThat(answer).isEqualTo(new SigningAnswer.Refused(reason));
    }

    @Test
    void aCallersDigestIsSignedAsItStandsInTheLog() {
        assertThat(ask(release(ALICE))).isEqualTo(new SigningAnswer.Granted());
        assertThat(ask(door(BOB, now))).isEqualTo(new SigningAnswer.Granted());
        assertThat(keys).containsExactly("sign-release", "sign-door");
        assertThat(signed.getFirst()).isEqualTo(RsaHash.SHA256.message(DIGEST));
    }

    @Attack("signing: who is no caller of a key asks")
    @Test
    void whoIsNoCallerOfTheKeyGetsNothingAndLearnsNothingOfItsPolicy() {
        assertRefused(ask(release(BOB)), Reason.CALLER);
        assertRefused(ask(release(MALLORY)), Reason.CALLER);
        // In Alice's name, without her key.
        Request request = request("release", false, ALICE, now);
        assertRefused(
                ask(new SigningCommand(request, MALLORY.prove(SigningCommand.statement(request, RELEASE)))),
                Reason.CALLER);
        assertRefused(ask(new SigningCommand(request, new byte[CallerKey.PROOF_LENGTH])), Reason.CALLER);
        assertRefused(
                ask(SigningCommand.proved(request("release", true, MALLORY, 0), RELEASE, MALLORY)), Reason.CALLER);
        assertRefused(ask(SigningCommand.proved(request("none", false, ALICE, now), RELEASE, ALICE)), Reason.NO_KEY);
        assertThat(signed).isEmpty();
    }

    /** A gateway that changes anything of what a caller signed. */
    @Attack("signing: a gateway alters what a caller asked for")
    @Test
    void nothingOfWhatACallerSignedCanBeChanged() {
        SigningCommand good = release(ALICE);
        Request asked = good.request();
        byte[] otherDigest = RsaHash.SHA256.digest(DIGEST);
        List<Request> changed = List.of(
                new Request("door", true, RsaHash.SHA256, DIGEST, ALICE.publicKey(), GATEWAY, now),
                new Request("door", false, RsaHash.SHA256, DIGEST, ALICE.publicKey(), GATEWAY, now),
                new Request("release", true, RsaHash.SHA256, DIGEST, ALICE.publicKey(), GATEWAY, now),
                new Request("release", false, RsaHash.SHA256, otherDigest, ALICE.publicKey(), GATEWAY, now),
                new Request("release", false, RsaHash.SHA512, new byte[64], ALICE.publicKey(), GATEWAY, now),
                new Request("release", false, RsaHash.SHA256, DIGEST, BOB.publicKey(), GATEWAY, now),
                new Request("release", false, RsaHash.SHA256, DIGEST, ALICE.publicKey(), 3, now),
                new Request("release", false, RsaHash.SHA256, DIGEST, ALICE.publicKey(), GATEWAY, now + 1));
        for (Request request : changed) {
            assertRefused(
                    ask(request.gateway(), SigningCommand.CODEC.encode(new SigningCommand(request, good.proof()))),
                    Reason.CALLER);
        }
        // For the key of this name in another group, or the one before.
        assertRefused(ask(SigningCommand.proved(asked, DOOR, ALICE)), Reason.CALLER);
        assertThat(signed).isEmpty();
    }

    @Attack("signing: a request is brought again, late, or through another gateway")
    @Test
    void aProofIsOfUseOnceThroughOneGatewayAndForTwoMinutes() {
        SigningCommand command = release(ALICE);
        byte[] operation = SigningCommand.CODEC.encode(command);
        assertRefused(ask(GATEWAY + 1, operation), Reason.GATEWAY);
        assertThat(ask(GATEWAY, operation)).isEqualTo(new SigningAnswer.Granted());
        assertRefused(ask(GATEWAY, operation), Reason.REPEATED);
        reload();
        assertRefused(ask(GATEWAY, operation), Reason.REPEATED);
        now += SpentProofs.WINDOW_MICROS;
        assertRefused(ask(GATEWAY, operation), Reason.REPEATED);
        now += 1;
        assertRefused(ask(GATEWAY, operation), Reason.TIME);
        assertRefused(ask(door(ALICE, now + SpentProofs.WINDOW_MICROS + 1)), Reason.TIME);
        assertRefused(ask(door(ALICE, 0)), Reason.TIME);
        assertRefused(ask(door(ALICE, Long.MAX_VALUE)), Reason.TIME);
        assertThat(signed).hasSize(1);
    }

    @Attack("signing: a caller asks for another padding or hash than the key has")
    @Test
    void aKeyHasOnePaddingAndItsHashes() {
        assertRefused(ask(SigningCommand.proved(request("release", true, ALICE, now), RELEASE, ALICE)), Reason.PADDING);
        assertRefused(ask(SigningCommand.proved(request("door", false, ALICE, now), DOOR, ALICE)), Reason.PADDING);
        Request other = new Request("release", false, RsaHash.SHA384, new byte[48], ALICE.publicKey(), GATEWAY, now);
        assertRefused(ask(SigningCommand.proved(other, RELEASE, ALICE)), Reason.HASH);
        assertThat(signed).isEmpty();
    }

    @Attack("signing: a caller asks without end")
    @Test
    void aKeySignsAtItsRateByAgreedTimeWhoeverAsks() {
        for (int i = 0; i < 6; i++, now++) {
            assertThat(ask(release(ALICE))).isEqualTo(new SigningAnswer.Granted());
        }
        assertThat(ask(release(ALICE)))
                .isInstanceOfSatisfying(
                        SigningAnswer.Limited.class,
                        limited -> assertThat(limited.micros()).isBetween(9_999_000L, 10_000_000L));
        assertThat(ask(door(ALICE, now))).as("another key").isEqualTo(new SigningAnswer.Granted());
        reload();
        assertThat(ask(release(ALICE))).isInstanceOf(SigningAnswer.Limited.class);
        int granted = 0;
        for (int second = 0; second < 600; second++) {
            now += 1_000_000;
            granted += ask(release(ALICE)) instanceof SigningAnswer.Granted ? 1 : 0;
        }
        assertThat(granted).isEqualTo(60);
        now += 3_600_000_000L; // an idle hour saves up no more than a minute
        granted = 0;
        for (int i = 0; i < 20; i++, now++) {
            granted += ask(release(ALICE)) instanceof SigningAnswer.Granted ? 1 : 0;
        }
        assertThat(granted).isEqualTo(6);
    }

    @Test
    void whatTheGroupCannotTakeUpCountsForNothing() {
        mayNotSign = true;
        SigningCommand command = release(ALICE);
        Digest before = signing.root();
        assertThat(ask(command)).isEqualTo(new SigningAnswer.Busy());
        assertThat(signing.root()).isEqualTo(before);
        mayNotSign = false;
        assertThat(ask(command)).isEqualTo(new SigningAnswer.Granted());
        assertThat(signing.root()).isNotEqualTo(before);
    }

    @Test
    void whatIsSpentIsForgottenOnceItIsTooOldAndBoundedBefore() {
        for (int i = 0; i < 600; i++) {
            now += 100_000;
            assertThat(ask(door(ALICE, now))).isEqualTo(new SigningAnswer.Granted());
        }
        int full = snapshot().length;
        now += 2 * SpentProofs.WINDOW_MICROS;
        assertThat(ask(door(ALICE, now))).isEqualTo(new SigningAnswer.Granted());
        assertThat(snapshot()).hasSize(full - 599 * 40);
        SpentProofs many = new SpentProofs();
        for (int i = 0; i < SpentProofs.SPENT_MAX; i++) {
            assertThat(many.hasRoom()).isTrue();
            many.add(RELEASE, i);
        }
        assertThat(many.hasRoom()).isFalse();
    }

    private byte[] snapshot() {
        Writer writer = new Writer();
        signing.snapshot(writer);
        return writer.finish();
    }

    private void reload() {
        byte[] state = snapshot();
        Digest root = signing.root();
        signing = signing();
        signing.restore(new Reader(state));
        assertThat(signing.root()).isEqualTo(root);
        assertThat(snapshot()).isEqualTo(state);
    }

    @Test
    void keysOfAnEarlierConfigurationAreForgotten() {
        ask(release(ALICE));
        byte[] state = snapshot();
        signing = new Signing(List.of());
        signing.restore(new Reader(state));
        assertRefused(ask(release(ALICE)), Reason.NO_KEY);
    }

    @Attack("signing: malformed requests")
    @Test
    void nonsenseIsRefusedAndChangesNothing() {
        byte[] good = SigningCommand.CODEC.encode(release(ALICE));
        Digest before = signing.root();
        SplittableRandom random = new SplittableRandom(7);
        for (int length = 0; length < good.length; length++) {
            assertRefused(ask(GATEWAY, Arrays.copyOf(good, length)), Reason.MALFORMED);
        }
        assertRefused(ask(GATEWAY, Arrays.copyOf(good, good.length + 1)), Reason.MALFORMED);
        for (int i = 0; i < 2_000; i++) {
            byte[] bad = good.clone();
            bad[random.nextInt(bad.length)] ^= (byte) (1 + random.nextInt(255));
            assertThat(ask(GATEWAY, bad)).isInstanceOf(SigningAnswer.Refused.class);
        }
        assertThat(signing.root()).isEqualTo(before);
        byte[] state = snapshot();
        for (byte[] bad : List.of(new byte[0], Arrays.copyOf(state, state.length - 1), new byte[] {17})) {
            assertThatThrownBy(() -> signing.restore(new Reader(bad))).isInstanceOf(MalformedException.class);
        }
    }

    @Test
    void encodingsDoNotChange() {
        Request request = new Request("release", false, RsaHash.SHA256, DIGEST, ALICE.publicKey(), 2, START);
        SigningCommand command = SigningCommand.proved(request, RELEASE, ALICE);
        assertThat(hex(ALICE.publicKey()))
                .isEqualTo("ea89ef8f27a8746ae228c36eb71351b2a454bcae9b6c617c266711dc7f7cbcbe");
        assertThat(SigningCommand.statement(request, RELEASE))
                .hasToString("6912a2699bb008255f78fe8584e1d3eb6b6d468ee1bd2a3743848d987d00613f");
        String encoded = "000772656c65617365" + "00" + "01" + "20" + hex(DIGEST) + hex(ALICE.publicKey()) + "02"
                + "00060a24181e4000" + hex(command.proof());
        assertThat(hex(SigningCommand.CODEC.encode(command))).isEqualTo(encoded);
        assertThat(SigningCommand.CODEC.encode(
                        SigningCommand.CODEC.decode(HexFormat.of().parseHex(encoded))))
                .asHexString()
                .isEqualToIgnoringCase(encoded);
        assertThat(Arrays.stream(Reason.values())
                        .map(reason -> hex(SigningAnswer.CODEC.encode(new SigningAnswer.Refused(reason)))))
                .containsExactly("0201", "0202", "0203", "0204", "0205", "0206", "0207", "0208");
        assertThat(hex(SigningAnswer.CODEC.encode(new SigningAnswer.Granted()))).isEqualTo("01");
        assertThat(hex(SigningAnswer.CODEC.encode(new SigningAnswer.Limited(258))))
                .isEqualTo("030000000000000102");
        assertThat(hex(SigningAnswer.CODEC.encode(new SigningAnswer.Busy()))).isEqualTo("04");
    }

    private static String hex(byte[] bytes) {
        return HexFormat.of().formatHex(bytes);
    }

    @Test
    void policiesAreBounded() {
        assertThatIllegalArgumentException().isThrownBy(() -> policy("a", 0, List.of()));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> policy("a", SigningPolicy.SIGNATURES_PER_MINUTE_MAX + 1, List.of()));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> policy(
                        "a", 1, java.util.Collections.nCopies(SigningPolicy.CALLERS_MAX + 1, ALICE.publicKey())));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new Signing(List.of(policy("a", 1, List.of()), policy("a", 1, List.of()))));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new Signing(List.of(policy("a", 1, List.of(new byte[32])))));
    }

    private static SigningPolicy policy(String name, int rate, List<byte[]> callers) {
        return new SigningPolicy(name, name, RELEASE, false, EnumSet.allOf(RsaHash.class), callers, rate);
    }
}
