package org.maftia.wormhole.trusted;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.maftia.wormhole.Capabilities;
import org.maftia.wormhole.EpochSource;
import org.maftia.wormhole.Refusal;
import org.maftia.wormhole.RefusedException;
import org.maftia.wormhole.TrustedView;
import org.maftia.wormhole.Ttcb;
import org.maftia.wormhole.certificate.Digest;
import org.maftia.wormhole.certificate.Fence;
import org.maftia.wormhole.certificate.Mark;
import org.maftia.wormhole.certificate.Stream;
import org.maftia.wormhole.certificate.TagProfile;
import org.maftia.wormhole.certificate.Ui;
import org.maftia.wormhole.host.FramedTtcb;
import org.maftia.wormhole.host.InnerTransport;
import org.maftia.wormhole.sim.SeededRandom;
import org.maftia.wormhole.sim.SimulatedClocks;

/** Group keys come with trusted views, and views only with a quorum of the one before. */
class TrustedViewsTest {
    private static final Stream GROUP = new Stream(1, 2, 0);
    private static final Stream STREAM = GROUP.with(5);

    private static Ttcb start(int ttcb, long epoch, TagProfile profile) {
        Capabilities capabilities = new Capabilities(
                1, EpochSource.GROUP, true, false, false, 16, true, false, EnumSet.of(profile), List.of());
        SimulatedClocks clocks = new SimulatedClocks();
        SeededRandom random = new SeededRandom(7, ttcb, epoch);
        Component component = new Component(
                new Setup(
                        GROUP,
                        ttcb,
                        epoch - 1,
                        epoch,
                        profile,
                        capabilities,
                        EpochIdentity.signingPair(new SeededRandom(8, ttcb)),
                        null,
                        null),
                random,
                CounterRecord.NONE,
                clocks,
                new Guard(clocks, false, 1),
                ControlChannel.NONE);
        return FramedTtcb.connect(new InnerTransport(component), null, random);
    }

    private static List<Ttcb> group(TagProfile profile) {
        List<Ttcb> group = new ArrayList<>();
        for (int ttcb = 0; ttcb < 3; ttcb++) {
            group.add(start(ttcb, 1, profile));
        }
        return group;
    }

    private static TrustedView view(long number, int dealer, List<Ttcb> members) {
        return new TrustedView(
                number,
                dealer,
                members.stream()
                        .map(member -> new TrustedView.Member(
                                member.identity().header().ttcb(),
                                member.identity().header().epoch(),
                                member.identity().evidence().keys()))
                        .toList(),
                members.size() == 1
                        ? List.of()
                        : List.of(0b001L, 0b010L, 0b100L).subList(0, members.size()));
    }

    private static void install(TrustedView view, List<Ttcb> members, List<Fence> fences, TagProfile profile) {
        Ttcb dealer = members.get(view.dealer());
        dealer.install(view, new byte[0], fences);
        for (int k = 0; k < members.size(); k++) {
            if (k != view.dealer()) {
                byte[] wrapped = profile == TagProfile.HMAC ? dealer.wrapKey(k) : new byte[0];
                members.get(k).install(view, wrapped, fences);
            }
        }
    }

    private static Refusal refusal(Runnable call) {
        try {
            call.run();
        } catch (RefusedException e) {
            return e.refusal();
        }
        throw new AssertionError("it was not refused");
    }

    private static Fence vouch(Ttcb member, TrustedView next) {
        return member.raise(GROUP.with(Stream.MEMBERSHIP), Mark.VIEW, next.number(), next.content());
    }

    @ParameterizedTest
    @EnumSource(
            value = TagProfile.class,
            names = {"HMAC", "P256"})
    void theGenesisLetsMembersVerifyEachOther(TagProfile profile) {
        List<Ttcb> group = group(profile);
        TrustedView genesis = view(0, 1, group);
        if (profile == TagProfile.HMAC) {
            assertThat(refusal(() -> group.get(0).createUi(STREAM, 0, Digest.ZERO)))
                    .isEqualTo(Refusal.NO_GROUP_KEY);
        }
        install(genesis, group, List.of(), profile);
        Ui ui = group.get(0).createUi(STREAM, 0, Digest.ZERO);

        for (Ttcb member : group) {
            assertThat(member.verify(ui, Digest.ZERO)).isTrue();
            assertThat(member.trustedView().orElseThrow().content()).isEqualTo(genesis.content());
        }
        assertThat(start(0, 2, profile).verify(ui, Digest.ZERO))
                .as("who is in no view knows no key")
                .isFalse();
    }

    @ParameterizedTest
    @EnumSource(
            value = TagProfile.class,
            names = {"HMAC", "P256"})
    void aNewEpochJoinsWithTheNextViewAndAQuorumOfTheOld(TagProfile profile) {
        List<Ttcb> group = group(profile);
        install(view(0, 0, group), group, List.of(), profile);
        Ui old = group.get(1).createUi(STREAM, 0, Digest.ZERO);
        List<Ttcb> next = List.of(group.get(0), group.get(1), start(2, 2, profile));
        TrustedView second = view(1, 1, next);
        Fence first = vouch(group.get(0), second);

        assertThat(refusal(() -> group.get(1).install(second, new byte[0], List.of(first))))
                .as("one of three is no quorum")
                .isEqualTo(Refusal.NOT_A_SUCCESSOR);
        assertThat(refusal(() -> group.get(1).install(second, new byte[0], List.of(first, first))))
                .as("nor is one twice")
                .isEqualTo(Refusal.NOT_A_SUCCESSOR);
        install(second, next, List.of(first, vouch(group.get(1), second)), profile);
        Ui ui = next.get(2).createUi(STREAM, 0, Digest.ZERO);
        assertThat(ui.header().epoch()).isEqualTo(2);
        assertThat(next.get(0).verify(ui, Digest.ZERO)).isTrue();
        assertThat(next.get(0).verify(old, Digest.ZERO))
                .as("older keys still verify")
                .isTrue();
        if (profile == TagProfile.HMAC) {
            assertThat(group.get(2).verify(ui, Digest.ZERO))
                    .as("the epoch that left lacks the key")
                    .isFalse();
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = TagProfile.class,
            names = {"HMAC", "P256"})
    void aViewWithOtherContentThanWasVouchedForIsRefused(TagProfile profile) {
        List<Ttcb> group = group(profile);
        install(view(0, 0, group), group, List.of(), profile);
        TrustedView honest = view(1, 0, group);
        List<Fence> fences = List.of(vouch(group.get(0), honest), vouch(group.get(1), honest));
        TrustedView other = view(1, 1, group);

        assertThat(refusal(() -> group.get(1).install(other, new byte[0], fences)))
                .isEqualTo(Refusal.NOT_A_SUCCESSOR);
        assertThat(refusal(() -> group.get(0).install(view(2, 0, group), new byte[0], fences)))
                .as("they vouch for another number")
                .isEqualTo(Refusal.NOT_A_SUCCESSOR);
        assertThat(refusal(() -> start(3, 1, profile).install(honest, new byte[0], fences)))
                .as("only members take part")
                .isEqualTo(Refusal.NOT_A_SUCCESSOR);
    }

    @ParameterizedTest
    @EnumSource(
            value = TagProfile.class,
            names = {"P256"})
    void whoMissedAViewGoesOnToTheNewestWithAQuorumOfItsOwn(TagProfile profile) {
        List<Ttcb> group = group(profile);
        install(view(0, 0, group), group, List.of(), profile);
        TrustedView missed = view(1, 0, List.of(group.get(0), group.get(1)));
        List<Fence> fences = List.of(vouch(group.get(0), missed), vouch(group.get(1), missed));
        install(missed, List.of(group.get(0), group.get(1)), fences, profile);
        TrustedView newest = view(7, 0, group);
        List<Fence> later = List.of(vouch(group.get(0), newest), vouch(group.get(1), newest));
        install(newest, group, later, profile);

        Ui ui = group.get(0).createUi(STREAM, 0, Digest.ZERO);
        assertThat(group.get(2).verify(ui, Digest.ZERO)).isTrue();
        assertThat(refusal(() -> group.get(0).install(missed, new byte[0], fences)))
                .as("numbers rise")
                .isEqualTo(Refusal.NOT_A_SUCCESSOR);
    }

    @ParameterizedTest
    @EnumSource(
            value = TagProfile.class,
            names = {"HMAC"})
    void aWrappedKeyOpensForItsMemberAndViewOnly(TagProfile profile) {
        List<Ttcb> group = group(profile);
        TrustedView genesis = view(0, 0, group);
        group.get(0).install(genesis, new byte[0], List.of());
        byte[] forTwo = group.get(0).wrapKey(2);

        assertThat(refusal(() -> group.get(1).install(genesis, forTwo, List.of())))
                .isEqualTo(Refusal.NO_GROUP_KEY);
        assertThat(refusal(() ->
                        group.get(2).install(view(0, 0, List.of(group.get(0), group.get(2))), forTwo, List.of())))
                .isIn(Refusal.NO_GROUP_KEY, Refusal.MALFORMED);
        forTwo[3] ^= 1;
        assertThat(refusal(() -> group.get(2).install(genesis, forTwo, List.of())))
                .isEqualTo(Refusal.NO_GROUP_KEY);
        assertThat(refusal(() -> group.get(1).wrapKey(0))).isEqualTo(Refusal.NO_GROUP_KEY);
    }

    @org.junit.jupiter.api.Test
    void aFalseGenesisMakesNothingThatOthersBelieve() {
        List<Ttcb> group = group(TagProfile.HMAC);
        Ttcb victim = group.get(2);
        victim.install(view(0, 0, List.of(victim)), new byte[0], List.of());
        TrustedView genesis = view(0, 0, group);
        group.get(0).install(genesis, new byte[0], List.of());
        Ui ui = victim.createUi(STREAM, 0, Digest.ZERO);

        assertThat(group.get(0).verify(ui, Digest.ZERO)).isFalse();
    }

    @org.junit.jupiter.api.Test
    void aViewHasOneFormOnly() {
        TrustedView view = view(3, 0, group(TagProfile.P256));
        byte[] bytes = view.toBytes();

        assertThat(TrustedView.of(bytes)).isEqualTo(view);
        for (int length = 0; length < bytes.length; length++) {
            byte[] cut = java.util.Arrays.copyOf(bytes, length);
            assertThatThrownBy(() -> TrustedView.of(cut)).isInstanceOf(IllegalArgumentException.class);
        }
        assertThat(view.isQuorum(0b011)).isTrue();
        assertThat(view.isQuorum(0b001)).isFalse();
        assertThat(view.isKernel(0b001)).isFalse();
        assertThat(view.isKernel(0b101)).isTrue();
    }
}
