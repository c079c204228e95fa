package org.maftia.client.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.maftia.core.ordering.Seal;
import org.maftia.core.protocol.Limits;
import org.maftia.core.testing.Attack;
import org.maftia.core.testing.Seeds;
import org.maftia.core.wire.Codec;
import org.maftia.core.wire.Digest;
import org.maftia.core.wire.MalformedException;

class ClientMessageTest {
    private static final Codec<ClientMessage> CODEC = ClientMessage.codec(Limits.DEFAULT);

    private static final Seal SEAL = new Seal(1, 3, List.of(new Digest(5, 6, 7, 8), Digest.ZERO), new byte[64]);

    private static final List<ClientMessage> EXAMPLES = List.of(
            new ClientMessage.Welcome(new Digest(1, 2, 3, 4), 64, 1024),
            new ClientMessage.Request(7, 8, true, false, new byte[] {1, 2}, null),
            new ClientMessage.Request(7, 8, false, true, new byte[] {1, 2}, SEAL),
            new ClientMessage.Batch(
                    7,
                    List.of(
                            new ClientMessage.Item(8, true, new byte[] {1, 2}),
                            new ClientMessage.Item(9, false, new byte[0])),
                    new byte[64]),
            new ClientMessage.Listen(7),
            new ClientMessage.HeldOff(1_000_000, "a client signs with its own key"),
            new ClientMessage.Reply(7, 8, 9, true, new byte[0]),
            new ClientMessage.Reply(7, 8, 9, false, new byte[32]),
            new ClientMessage.Refused(7, 8, "too many requests wait"),
            new ClientMessage.Read(7, true, new byte[] {1, 2}),
            new ClientMessage.Reading(7, 9, true, new byte[] {3}),
            new ClientMessage.Reading(7, 9, false, new byte[32]),
            new ClientMessage.Show(7, "register", "key", 99),
            new ClientMessage.Shown(7, new byte[] {1, 2, 3}),
            new ClientMessage.Unread(7, "nothing is certified yet"));

    @Test
    void everyMessageComesBackAsItWas() {
        for (ClientMessage message : EXAMPLES) {
            assertThat(CODEC.decode(CODEC.encode(message)))
                    .usingRecursiveComparison()
                    .isEqualTo(message);
        }
    }

    @Test
    void aBatchOfNothingIsMalformed() {
        byte[] bytes = CODEC.encode(new ClientMessage.Batch(7, List.of(), new byte[64]));
        assertThatThrownBy(() -> CODEC.decode(bytes)).isInstanceOf(MalformedException.class);
    }

    @Test
    void aDigestOfAnotherLengthIsMalformed() {
        byte[] bytes = CODEC.encode(new ClientMessage.Reply(7, 8, 9, false, new byte[31]));
        assertThatThrownBy(() -> CODEC.decode(bytes)).isInstanceOf(MalformedException.class);
    }

    @Test
    void aRequestForOneReplicaAloneMustBeSigned() {
        byte[] bytes = CODEC.encode(new ClientMessage.Request(7, 8, true, true, new byte[] {1}, null));
        assertThatThrownBy(() -> CODEC.decode(bytes)).isInstanceOf(MalformedException.class);
    }

    @Attack("hostile bytes")
    @Seeds(50)
    void whateverIsReadIsWrittenTheSame(long seed) {
        Random random = new Random(seed);
        byte[] bytes = CODEC.encode(EXAMPLES.get(random.nextInt(EXAMPLES.size())));
        bytes[random.nextInt(bytes.length)] ^= (byte) (1 << random.nextInt(8));
        byte[] cut = Arrays.copyOf(bytes, random.nextInt(bytes.length + 1));
        for (byte[] hostile : List.of(bytes, cut)) {
            try {
                assertThat(CODEC.encode(CODEC.decode(hostile))).isEqualTo(hostile);
            } catch (MalformedException refused) {
                assertThat(refused).hasMessageMatching(".+");
            }
        }
    }
}
