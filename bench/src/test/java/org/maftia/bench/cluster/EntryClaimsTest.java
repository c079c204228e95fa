package org.maftia.bench.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.maftia.core.crypto.Ed25519Certifier;
import org.maftia.core.trust.Formula;
import org.maftia.core.trust.ReplicaSet;
import org.maftia.core.wire.Digest;
import org.maftia.services.log.LogCheckpoint;
import org.maftia.services.log.LogEntry;
import org.maftia.services.log.LogMember;
import org.maftia.services.log.LogPolicy;
import org.maftia.services.log.LogProof;
import org.maftia.services.log.LogTree;
import org.maftia.services.log.NoteKey;
import org.maftia.services.log.SignedCheckpoint;
import org.maftia.services.log.WitnessRule;

final class EntryClaimsTest {
    private static final String ORIGIN = "maftia/test";
    private static final byte[] FIRST = "first".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] SECOND = "second".getBytes(StandardCharsets.US_ASCII);

    private final EntryClaims claims = new EntryClaims();

    private static byte[] secret(int number) {
        byte[] secret = new byte[Ed25519Certifier.PRIVATE_KEY_LENGTH];
        Arrays.fill(secret, (byte) number);
        return secret;
    }

    private static LogPolicy policy() {
        LogMember member = LogMember.of(
                ORIGIN, "r1", Ed25519Certifier.publicKey(secret(1)), Ed25519Certifier.publicKey(secret(2)));
        return LogPolicy.parsed(LogPolicy.text(List.of(member), new WitnessRule(Formula.select(1, ReplicaSet.of(0)))));
    }

    /** Of a log with two entries and one witness. */
    private static String proof(int index, int witness) {
        LogEntry first = new LogEntry(LogEntry.USER, 7, FIRST);
        LogEntry second = new LogEntry(LogEntry.USER, 8, SECOND);
        Digest left = LogTree.leaf(first.encoded());
        Digest right = LogTree.leaf(second.encoded());
        LogCheckpoint head = new LogCheckpoint(ORIGIN, 2, LogTree.node(left, right));
        LogMember member = LogMember.of(
                ORIGIN, "r1", Ed25519Certifier.publicKey(secret(1)), Ed25519Certifier.publicKey(secret(2)));
        SignedCheckpoint signed = new SignedCheckpoint(
                head,
                List.of(
                        SignedCheckpoint.Line.of(member.log(), NoteKey.signLog(secret(1), head.body())),
                        SignedCheckpoint.Line.of(member.witness(), NoteKey.cosign(secret(witness), head.body(), 9))));
        LogEntry entry = index == 0 ? first : second;
        byte[] header = Arrays.copyOf(entry.encoded(), LogEntry.HEADER_LENGTH);
        return new LogProof(header, index, List.of(index == 0 ? right : left), signed).text();
    }

    private static EntryClaims.Claim claim(int client, long index) {
        return new EntryClaims.Claim(client, index, new byte[] {(byte) client});
    }

    @Test
    void aPlaceIsGivenOnce() throws IOException {
        claims.add(claim(0, 5));
        claims.add(claim(1, 6));

        assertThatThrownBy(() -> claims.add(claim(2, 5)))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("index 5");
        assertThat(claims.count()).isEqualTo(2);
    }

    @Test
    void whatIsProvedComesFromManyClientsAndTheNewestIsAmongIt() throws IOException {
        for (int client = 0; client < 20; client++) {
            claims.add(claim(client, client));
            claims.add(claim(client, 100 + client));
        }

        assertThat(claims.some(4)).extracting(EntryClaims.Claim::index).containsExactly(119L, 114L, 109L, 104L);
        assertThat(claims.some(40)).hasSize(20);
    }

    @Test
    void aProofUnderTheWitnessesHeadIsBelieved() throws IOException {
        EntryClaims.require(new EntryClaims.Claim(0, 0, FIRST), proof(0, 2), policy());
        EntryClaims.require(new EntryClaims.Claim(0, 1, SECOND), proof(1, 2), policy());
    }

    @Test
    void aProofOfSomethingElseIsRefused() {
        for (EntryClaims.Claim claim :
                List.of(new EntryClaims.Claim(0, 1, FIRST), new EntryClaims.Claim(0, 0, SECOND))) {
            assertThatThrownBy(() -> EntryClaims.require(claim, proof(0, 2), policy()))
                    .isInstanceOf(IOException.class);
        }
        EntryClaims.Claim right = new EntryClaims.Claim(0, 0, FIRST);
        assertThatThrownBy(() -> EntryClaims.require(right, proof(0, 3), policy()))
                .isInstanceOf(IOException.class);
        assertThatThrownBy(() -> EntryClaims.require(right, "{\"index\":0}", policy()))
                .isInstanceOf(IOException.class);
    }

    @Test
    void onlyAnAnswerThatGivesAPlaceCounts() throws IOException {
        assertThat(EntryLoad.index(reply(202, "{\"index\":17}\n"))).isEqualTo(17);
        for (LeanConnection.Reply other : List.of(
                reply(200, "{\"index\":17}\n"), reply(202, "{\"index\":-1}\n"), reply(202, ""), reply(403, "no"))) {
            assertThatThrownBy(() -> EntryLoad.index(other)).isInstanceOf(IOException.class);
        }
    }

    private static LeanConnection.Reply reply(int status, String body) {
        return new LeanConnection.Reply(status, body.getBytes(StandardCharsets.US_ASCII));
    }
}
