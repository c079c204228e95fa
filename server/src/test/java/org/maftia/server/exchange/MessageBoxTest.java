package org.maftia.server.exchange;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.maftia.client.exchange.PartyKeys;
import org.maftia.core.crypto.Transcript;
import org.maftia.core.testing.Attack;
import org.maftia.core.testing.SeededEntropy;
import org.maftia.core.wire.Digest;
import org.maftia.services.exchange.message.ContractAcceptance;
import org.maftia.services.exchange.message.ContractOffer;
import org.maftia.services.jose.StrictJson;

/** What several gateways show of one mailbox, of which some lie. */
class MessageBoxTest {
    private final PartyKeys alice = PartyKeys.create(new SeededEntropy(1));
    private final PartyKeys bob = PartyKeys.create(new SeededEntropy(2));
    private final byte[] secret = new byte[32];
    private final ContractOffer offer = alice.offer(
            Transcript.of("group").digest(), bob.party(), Transcript.of("text").digest(), secret);
    private final ContractAcceptance acceptance = bob.accept(offer);
    private final List<String> honest = List.of(
            offer.message().toString(),
            acceptance.message().toString(),
            alice.confirm(offer, acceptance, secret).message().toString(),
            StrictJson.base64(bob.open(offer, acceptance, alice.confirm(offer, acceptance, secret))));

    private static byte[] shown(List<String> messages) {
        ObjectNode json = StrictJson.create();
        ArrayNode all =
                json.putArray("exchanges").addObject().put("id", "whatever").putArray("messages");
        messages.forEach(all::add);
        return StrictJson.bytes(json);
    }

    private List<String> merged(List<List<String>> gateways) {
        SortedMap<Digest, List<String>> found = new TreeMap<>();
        gateways.forEach(messages -> MessageBox.add(shown(messages), found));
        return found.getOrDefault(offer.id(), List.of());
    }

    @Test
    void whatFollowsFromTheOfferIsTaken() {
        for (int i = 1; i <= honest.size(); i++) {
            assertThat(merged(List.of(honest.subList(0, i)))).isEqualTo(honest.subList(0, i));
        }
    }

    @Attack("exchange: a gateway hides or adds what lies in the mailbox")
    @Test
    void whatALiarAddsHidesNothingThatOthersShow() {
        List<String> three = honest.subList(0, 3);
        List<String> added = new ArrayList<>(honest.subList(0, 1));
        added.addAll(List.of(honest.get(2), honest.get(1), honest.get(3)));
        assertThat(merged(List.of(added, three))).isEqualTo(three);
        assertThat(merged(List.of(three, added))).isEqualTo(three);
        List<String> falseEnd = new ArrayList<>(three);
        falseEnd.add(StrictJson.base64(new byte[32]));
        falseEnd.add("x.y.z");
        assertThat(merged(List.of(falseEnd))).isEqualTo(three);
        assertThat(merged(List.of(honest.subList(0, 1), List.of(), three))).isEqualTo(three);
    }
}
