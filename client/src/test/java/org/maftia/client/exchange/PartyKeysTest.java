package org.maftia.client.exchange;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.maftia.core.crypto.IdealCipher;
import org.maftia.core.crypto.ThresholdCipher;
import org.maftia.core.crypto.Transcript;
import org.maftia.core.testing.SeededEntropy;
import org.maftia.core.testing.Structures;
import org.maftia.core.wire.Digest;
import org.maftia.core.wire.MalformedException;
import org.maftia.services.exchange.message.ContractAcceptance;
import org.maftia.services.exchange.message.ContractConfirmation;
import org.maftia.services.exchange.message.ContractOffer;
import org.maftia.services.exchange.message.ItemOffer;
import org.maftia.services.jose.StrictJson;

/** What a party signs, what it refuses to, and what everybody can check. */
class PartyKeysTest {
    private static final SeededEntropy ENTROPY = new SeededEntropy(5);
    private static final PartyKeys ALICE = PartyKeys.create(ENTROPY);
    private static final PartyKeys BOB = PartyKeys.create(ENTROPY);
    private static final PartyKeys MALLORY = PartyKeys.create(ENTROPY);
    private static final Digest GROUP = digest("the group's key");
    private static final byte[] SECRET = ENTROPY.bytes(ContractConfirmation.SECRET_LENGTH);
    private static final ThresholdCipher CIPHER = new IdealCipher(0, Structures.FOUR);

    private static Digest digest(String text) {
        return Transcript.sha256(text.getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void twoWhoGoOnHaveAContractWithoutAnybody() {
        ContractOffer m1 = ALICE.offer(GROUP, BOB.party(), digest("text"), SECRET);
        ContractAcceptance m2 = BOB.accept(m1);
        ContractConfirmation m3 = ALICE.confirm(m1, m2, SECRET);
        byte[] m4 = BOB.open(m1, m2, m3);
        ContractEvidence evidence =
                ContractEvidence.opened(digest("text"), m1.message(), m2.message(), m3.message(), m4);
        assertThat(evidence)
                .isEqualTo(new ContractEvidence(ALICE.party(), BOB.party(), digest("text"), OptionalLong.empty()));
        assertThatThrownBy(() ->
                        ContractEvidence.opened(digest("another text"), m1.message(), m2.message(), m3.message(), m4))
                .hasMessage("the offer is one of another text");
        assertThatThrownBy(
                        () -> ContractEvidence.opened(digest("text"), m1.message(), m2.message(), m3.message(), SECRET))
                .hasMessage("B has not opened what it was committed to");
    }

    @Test
    void nobodySignsWhatIsNotHis() {
        ContractOffer m1 = ALICE.offer(GROUP, BOB.party(), digest("text"), SECRET);
        ContractAcceptance m2 = BOB.accept(m1);
        assertThatThrownBy(() -> MALLORY.accept(m1)).hasMessage("the offer is made to somebody else");
        assertThatThrownBy(() -> MALLORY.confirm(m1, m2, SECRET)).hasMessage("the offer was made by somebody else");
        assertThatThrownBy(() -> BOB.abort(m1)).hasMessage("the offer was made by somebody else");
        assertThatThrownBy(() -> MALLORY.resolve(m1, m2)).hasMessage("the offer is made to somebody else");
        assertThatThrownBy(() -> ALICE.confirm(m1, m2, BOB.open(m1, m2, ALICE.confirm(m1, m2, SECRET))))
                .isInstanceOf(MalformedException.class);
    }

    @Test
    void anItemIsEscrowedForItsExchange() {
        byte[] song = "song".getBytes(StandardCharsets.UTF_8);
        byte[] coin = "coin".getBytes(StandardCharsets.UTF_8);
        ItemOffer e1 = ALICE.offerItem(GROUP, BOB.party(), song, Transcript.sha256(coin), "terms", CIPHER, ENTROPY);
        assertThat(PartyKeys.isEscrow(e1.escrow(), e1, CIPHER)).isTrue();
        assertThat(PartyKeys.isEscrow(BOB.acceptItem(e1, coin, CIPHER, ENTROPY).escrow(), e1, CIPHER))
                .isTrue();
        ItemOffer other = ALICE.offerItem(GROUP, BOB.party(), song, Transcript.sha256(coin), "other", CIPHER, ENTROPY);
        assertThat(PartyKeys.isEscrow(e1.escrow(), other, CIPHER)).isFalse();
        assertThatThrownBy(() -> BOB.acceptItem(e1, song, CIPHER, ENTROPY)).hasMessage("the offer is for another item");
    }

    @Test
    void keysAreReadAsTheyWereWritten() {
        byte[] json = StrictJson.bytes(ALICE.toJson());
        PartyKeys read = PartyKeys.of(StrictJson.object(json, "the file"));
        assertThat(read.party()).isEqualTo(ALICE.party());
        assertThat(read.accept(BOB.offer(GROUP, ALICE.party(), digest("text"), SECRET))
                        .offer())
                .isEqualTo(
                        BOB.offer(GROUP, ALICE.party(), digest("text"), SECRET).id());
        var mixed = ALICE.toJson();
        mixed.set("seal", BOB.toJson().get("seal"));
        ((com.fasterxml.jackson.databind.node.ObjectNode) mixed.get("sign"))
                .put("x", MALLORY.toJson().path("sign").path("x").textValue());
        assertThatThrownBy(() -> PartyKeys.of(StrictJson.object(StrictJson.bytes(mixed), "the file")))
                .hasMessage("public and secret key do not belong together");
    }
}
