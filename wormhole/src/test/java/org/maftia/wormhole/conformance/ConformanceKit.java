package org.maftia.wormhole.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeFalse;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.maftia.wormhole.Refusal;
import org.maftia.wormhole.RefusedException;
import org.maftia.wormhole.Ttcb;
import org.maftia.wormhole.certificate.AttestationKey;
import org.maftia.wormhole.certificate.Certificate;
import org.maftia.wormhole.certificate.Counters;
import org.maftia.wormhole.certificate.Digest;
import org.maftia.wormhole.certificate.EpochCertificate;
import org.maftia.wormhole.certificate.Fence;
import org.maftia.wormhole.certificate.Header;
import org.maftia.wormhole.certificate.LaneCounters;
import org.maftia.wormhole.certificate.Mark;
import org.maftia.wormhole.certificate.PublicSeal;
import org.maftia.wormhole.certificate.QuoteTag;
import org.maftia.wormhole.certificate.Seal;
import org.maftia.wormhole.certificate.SigningKey;
import org.maftia.wormhole.certificate.Stream;
import org.maftia.wormhole.certificate.TagProfile;
import org.maftia.wormhole.certificate.Ui;

/**
 * What every back end must do, steered by what it says it can: a claim that does not hold fails here, and so does a
 * promise that is broken although nobody claimed it.
 */
public abstract class ConformanceKit {
    private Fixture fixture;
    private Ttcb ttcb;
    private Stream stream;

    protected abstract Fixture fixture() throws Exception;

    @BeforeEach
    void open() throws Exception {
        fixture = fixture();
        ttcb = fixture.connect();
        stream = fixture.stream();
    }

    @AfterEach
    void shut() throws Exception {
        if (ttcb != null) {
            ttcb.close();
        }
        if (fixture != null) {
            fixture.close();
        }
    }

    protected static Digest digest(int number) {
        byte[] bytes = new byte[Digest.LENGTH];
        bytes[0] = (byte) (number >> 16);
        bytes[1] = (byte) (number >> 8);
        bytes[2] = (byte) number;
        bytes[31] = 1;
        return Digest.of(bytes);
    }

    private static Refusal refusal(Runnable call) {
        try {
            call.run();
        } catch (RefusedException e) {
            return e.refusal();
        }
        throw new AssertionError("it was not refused");
    }

    @Test
    void countersOfALaneComeOneByOneAndLanesAreApart() {
        int lanes = ttcb.capabilities().lanes();
        for (int counter = 1; counter <= 3; counter++) {
            for (int lane = 0; lane < lanes; lane++) {
                Digest digest = digest(100 * lane + counter);
                Ui ui = ttcb.createUi(stream, lane, digest);
                assertThat(ui.lane()).isEqualTo(lane);
                assertThat(ui.counter()).isEqualTo(counter);
                assertThat(ui.digest()).isEqualTo(digest);
                assertThat(ui.header()).isEqualTo(new Header(stream, header().ttcb(), header().epoch()));
            }
        }
    }

    private Header header() {
        return ttcb.identity().header();
    }

    @Test
    void streamsAreApart() {
        assertThat(ttcb.createUi(stream, 0, digest(1)).counter()).isEqualTo(1);
        assertThat(ttcb.createUi(stream.with(stream.protocol() + 1), 0, digest(1))
                        .counter())
                .isEqualTo(1);
        assertThat(ttcb.createUi(stream, 0, digest(2)).counter()).isEqualTo(2);
    }

    @Test
    void whatIsNotOffersIsRefusedAndChangesNothing() {
        Stream other = new Stream(stream.groupHigh() + 1, stream.groupLow(), stream.protocol());

        assertThat(refusal(() -> ttcb.createUi(other, 0, digest(1)))).isEqualTo(Refusal.WRONG_GROUP);
        assertThat(refusal(() -> ttcb.createUi(stream, ttcb.capabilities().lanes(), digest(1))))
                .isEqualTo(Refusal.NO_SUCH_LANE);
        assertThat(refusal(() -> ttcb.createUi(stream, -1, digest(1)))).isEqualTo(Refusal.NO_SUCH_LANE);
        assertThat(ttcb.createUi(stream, 0, digest(1)).counter()).isEqualTo(1);
    }

    @Test
    void aMarkOnlyRisesAndStandsOnEveryLaterUi() {
        assertThat(ttcb.createUi(stream, 0, digest(1)).view()).isZero();
        Fence fence = ttcb.raise(stream, Mark.VIEW, 3, digest(2));

        assertThat(fence.mark()).isEqualTo(Mark.VIEW);
        assertThat(fence.view()).isEqualTo(3);
        assertThat(fence.ckpt()).isZero();
        assertThat(refusal(() -> ttcb.raise(stream, Mark.VIEW, 3, digest(3)))).isEqualTo(Refusal.MARK_NOT_HIGHER);
        assertThat(refusal(() -> ttcb.raise(stream, Mark.VIEW, -1, digest(3)))).isEqualTo(Refusal.MARK_NOT_HIGHER);
        for (int lane = 0; lane < ttcb.capabilities().lanes(); lane++) {
            assertThat(ttcb.createUi(stream, lane, digest(4)).view()).isEqualTo(3);
        }
        assertThat(ttcb.raise(stream, Mark.CKPT, 256, digest(5)).view()).isEqualTo(3);
        assertThat(ttcb.createUi(stream, 0, digest(6)).ckpt()).isEqualTo(256);
    }

    @Test
    void aFenceCertifiesTheCountersOfAllLanesAtItsInstant() {
        long[] expected = new long[Stream.LANES];
        for (int lane = 0; lane < ttcb.capabilities().lanes(); lane++) {
            for (int i = 0; i <= lane; i++) {
                expected[lane] = ttcb.createUi(stream, lane, digest(i)).counter();
            }
        }
        Fence fence = ttcb.raise(stream, Mark.VIEW, 1, digest(9));

        assertThat(fence.counters()).isEqualTo(LaneCounters.of(expected));
        assertThat(ttcb.createUi(stream, 0, digest(10)).counter()).isEqualTo(expected[0] + 1);
    }

    @Test
    void aLostReplyIsHealedUnderTheMarksThatTheUiWasGiven() throws Exception {
        ttcb.createUi(stream, 0, digest(1));
        Ui ui = ttcb.createUi(stream, 0, digest(2));
        Fence fence = ttcb.raise(stream, Mark.VIEW, 4, digest(3));
        ttcb.raise(stream, Mark.CKPT, 256, digest(4));
        Ttcb again = fixture.connect();

        Ui last = again.lastUi(stream, 0).orElseThrow();
        assertThat(last.statement()).isEqualTo(ui.statement());
        assertThat(last.view()).isZero();
        assertThat(again.verify(last, digest(2))).isTrue();
        assertThat(again.lastFence(stream, Mark.VIEW).orElseThrow().statement()).isEqualTo(fence.statement());
        assertThat(again.lastUi(stream.with(stream.protocol() + 2), 0)).isEmpty();
        assertThat(again.lastFence(stream.with(stream.protocol() + 2), Mark.VIEW))
                .isEmpty();
        again.close();
    }

    @Test
    void countersAreCertifiedFreshly() {
        ttcb.createUi(stream, 0, digest(1));
        ttcb.raise(stream, Mark.CKPT, 256, digest(2));
        Counters counters = ttcb.counters(stream, digest(3));

        assertThat(counters.nonce()).isEqualTo(digest(3));
        assertThat(counters.counters().of(0)).isEqualTo(1);
        assertThat(counters.ckpt()).isEqualTo(256);
        assertThat(ttcb.verify(counters, digest(3))).isTrue();
    }

    @Test
    void anyComponentOfTheGroupVerifiesWhatAnotherSealed() throws Exception {
        Ttcb verifier = fixture.peer().orElse(ttcb);
        Ui ui = ttcb.createUi(stream, 0, digest(1));

        assertThat(verifier.verify(ui, digest(1))).isTrue();
        assertThat(verifier.verify(ui, digest(2))).as("over another message").isFalse();
        if (verifier != ttcb) {
            verifier.close();
        }
    }

    @Test
    void nothingThatWasAlteredVerifies() {
        Ui ui = ttcb.createUi(stream, 0, digest(1));
        Header h = ui.header();
        byte[] tag = ui.seal().tag();
        tag[5] ^= 1;

        List<Ui> forged = List.of(
                new Ui(h, 0, 2, 0, 0, digest(1), ui.seal()),
                new Ui(h, 1, 1, 0, 0, digest(1), ui.seal()),
                new Ui(h, 0, 1, 1, 0, digest(1), ui.seal()),
                new Ui(h, 0, 1, 0, 1, digest(1), ui.seal()),
                new Ui(h, 0, 1, 0, 0, digest(2), ui.seal()),
                new Ui(
                        new Header(stream.with(stream.protocol() + 1), h.ttcb(), h.epoch()),
                        0,
                        1,
                        0,
                        0,
                        digest(1),
                        ui.seal()),
                new Ui(new Header(stream, h.ttcb() + 1, h.epoch()), 0, 1, 0, 0, digest(1), ui.seal()),
                new Ui(new Header(stream, h.ttcb(), h.epoch() + 1), 0, 1, 0, 0, digest(1), ui.seal()),
                new Ui(h, 0, 1, 0, 0, digest(1), Seal.of(ui.seal().profile(), tag)));
        for (Ui each : forged) {
            assertThat(ttcb.verify(each, each.digest())).as(each.toString()).isFalse();
        }
        assertThat(ttcb.verify(ui, digest(1))).isTrue();
    }

    @Test
    void outsidersVerifyWhatIsSealedForThem() {
        assumeTrue(ttcb.capabilities().tagProfiles().contains(TagProfile.P256), "seals for components only");
        Ui ui = ttcb.createUi(stream, 0, digest(1));
        assumeTrue(ui.seal().profile() == TagProfile.P256, "seals for components only");
        PublicSeal outsider = new PublicSeal(ttcb.identity().evidence().keys().signing());

        assertThat(outsider.verify(ui)).isTrue();
        assertThat(outsider.verify(new Ui(ui.header(), 0, 2, 0, 0, digest(1), ui.seal())))
                .isFalse();
    }

    @Test
    void sealsAreOfADeclaredProfile() {
        Certificate ui = ttcb.createUi(stream, 0, digest(1));

        assertThat(ttcb.capabilities().tagProfiles()).contains(ui.seal().profile());
    }

    @Test
    void theIdentityKeyVouchesForTheKeysOfTheEpoch() {
        EpochCertificate evidence = ttcb.identity().evidence();
        SigningKey key = ttcb.identity().identityKey();
        boolean genuine = evidence.seal().profile() == TagProfile.QUOTE
                ? QuoteTag.of(evidence.seal())
                        .isGenuine(new AttestationKey(key), evidence.header().epoch(), evidence.statement())
                : new PublicSeal(key).verify(evidence);
        assertThat(genuine).isTrue();
        assertThat(ttcb.identity().evidence().header())
                .isEqualTo(ttcb.identity().header());
    }

    @Test
    void aRestartKeepsCountersOrBeginsAnotherEpochWithOtherKeys() throws Exception {
        var before = ttcb.identity();
        Ui ui = ttcb.createUi(stream, 0, digest(1));
        ttcb.raise(stream, Mark.VIEW, 2, digest(2));
        Ttcb after = fixture.killAndRestart();

        assertThat(after.identity().identityKey()).isEqualTo(before.identityKey());
        if (ttcb.capabilities().persistent()) {
            assertThat(after.identity().header()).isEqualTo(before.header());
            assertThat(after.lastUi(stream, 0).orElseThrow().statement()).isEqualTo(ui.statement());
            Ui next = after.createUi(stream, 0, digest(3));
            assertThat(next.counter()).isEqualTo(2);
            assertThat(next.view()).isEqualTo(2);
        } else {
            assertThat(after.identity().header().epoch())
                    .isGreaterThan(before.header().epoch());
            if (ui.seal().profile() != TagProfile.QUOTE) { // every quote names its start itself
                assertThat(after.identity().evidence().keys())
                        .isNotEqualTo(before.evidence().keys());
            }
            assertThat(after.lastUi(stream, 0)).isEmpty();
        }
        after.close();
    }

    /** Digests by epoch, lane and counter: two under one name are an equivocation. */
    private static boolean equivocates(List<Ui> uis) {
        Set<String> names = new HashSet<>();
        Set<String> statements = new HashSet<>();
        for (Ui ui : uis) {
            names.add(ui.header() + "/" + ui.lane() + "/" + ui.counter());
            statements.add(ui.header() + "/" + ui.lane() + "/" + ui.counter() + "/" + ui.digest());
        }
        return statements.size() > names.size();
    }

    private List<Ui> restoreAnOldCopy() throws Exception {
        List<Ui> uis = new ArrayList<>();
        uis.add(ttcb.createUi(stream, 0, digest(1)));
        fixture.remember();
        uis.add(ttcb.createUi(stream, 0, digest(2)));
        Ttcb after = fixture.restoreAndRestart();
        uis.add(after.createUi(stream, 0, digest(3)));
        uis.add(after.createUi(stream, 0, digest(4)));
        after.close();
        return uis;
    }

    @Test
    void aRestoredCopyMakesItEquivocateOnlyIfItNeverPromisedOtherwise() throws Exception {
        List<Ui> uis = restoreAnOldCopy();

        assertThat(equivocates(uis))
                .as("a back end that is not rollback-proof is seen to be so, one that is, is")
                .isEqualTo(!ttcb.capabilities().rollbackProof());
    }

    @Test
    void aGapIsVoidOnlyWhereTheRecordProvesIt() throws Exception {
        assumeFalse(ttcb.capabilities().persistent(), "persistent back ends have tests of their own records");
        ttcb.createUi(stream, 0, digest(1));
        Ttcb after = fixture.killAndRestart();

        assertThat(after.lastVoid(stream, 0))
                .as("what keeps nothing proves nothing")
                .isEqualTo(Optional.empty());
        after.close();
    }

    @Test
    void randomBytesAreNeverTheSameTwice() {
        byte[] first = new byte[100];
        byte[] second = new byte[100];
        ttcb.random(first);
        ttcb.random(second);

        assertThat(first).isNotEqualTo(second);
        assertThat(first).isNotEqualTo(new byte[100]);
        assertThat(java.util.Arrays.copyOfRange(first, 64, 100)).isNotEqualTo(new byte[36]);
    }

    @Test
    void aClosedSessionIsOver() {
        ttcb.close();

        assertThatThrownBy(() -> ttcb.createUi(stream, 0, digest(1))).isInstanceOf(RuntimeException.class);
        ttcb = null;
    }
}
