package org.maftia.services.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.maftia.core.crypto.Ed25519Certifier;
import org.maftia.core.testing.Attack;
import org.maftia.core.testing.Structures;
import org.maftia.core.trust.FaultStructure;
import org.maftia.core.trust.Formula;
import org.maftia.core.trust.ReplicaSet;
import org.maftia.core.wire.Digest;
import org.maftia.core.wire.MalformedException;

/** The C2SP formats: against the examples of their documents, and against who alters what we write. */
class LogFormatsTest {
    private static final String ORIGIN = "maftia/test";

    private static byte[] secret(int number) {
        byte[] secret = new byte[Ed25519Certifier.PRIVATE_KEY_LENGTH];
        Arrays.fill(secret, (byte) number);
        return secret;
    }

    private static List<LogMember> members(int count) {
        List<LogMember> members = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            members.add(LogMember.of(
                    ORIGIN,
                    "r" + i,
                    Ed25519Certifier.publicKey(secret(2 * i)),
                    Ed25519Certifier.publicKey(secret(2 * i + 1))));
        }
        return members;
    }

    private static SignedCheckpoint signed(LogCheckpoint head, List<LogMember> members, Integer... signers) {
        List<SignedCheckpoint.Line> lines = new ArrayList<>();
        for (int i : signers) {
            String body = head.body();
            lines.add(SignedCheckpoint.Line.of(members.get(i).log(), NoteKey.signLog(secret(2 * i), body)));
            lines.add(SignedCheckpoint.Line.of(
                    members.get(i).witness(), NoteKey.cosign(secret(2 * i + 1), body, 1_700_000_000)));
        }
        return new SignedCheckpoint(head, lines);
    }

    /** The verifier key and the note in the document of signed notes. */
    @Test
    void theExampleOfTheDocumentVerifies() {
        String text = "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k";
        NoteKey key = NoteKey.parsed(text);
        assertThat(key.text()).isEqualTo(text);
        assertThat(key.type()).isEqualTo(NoteKey.LOG);
        byte[] line = Base64.getDecoder()
                .decode("Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72Ineya"
                        + "QM=");
        assertThat(Arrays.copyOf(line, NoteKey.ID_LENGTH)).isEqualTo(key.id());
        byte[] signature = Arrays.copyOfRange(line, NoteKey.ID_LENGTH, line.length);
        assertThat(key.verifies("This is an example message.\n", signature)).isTrue();
        assertThat(key.verifies("This is an example message!\n", signature)).isFalse();
    }

    /** The checkpoint in the document of cosignatures: read and written again it is the same text. */
    @Test
    void theExampleOfACosignedCheckpointIsReadAndWritten() {
        String text = "example.com/behind-the-sofa\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n\n"
                + "\u2014 example.com/behind-the-sofa Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/Zhcyv2q"
                + "1gGzGku9nTo+zyWE+xeMcTOAYQ8=\n"
                + "\u2014 witness.example.com/w1 jWbPPwAAAABkGFDLEZMHwSRaJNiIDoe9DYn/zXcrtPHeolMI5OWXEhZCB9dlrDJsX3b2"
                + "oyin1nPZqhf5nNo0xUe+mbIUBkBIfZ+qnA==\n";
        SignedCheckpoint signed = SignedCheckpoint.parsed(text);
        assertThat(signed.text()).isEqualTo(text);
        assertThat(signed.checkpoint().size()).isEqualTo(20_852_163);
        assertThat(signed.lines().getLast().name()).isEqualTo("witness.example.com/w1");
        // What witnesses sign, as the document prints it.
        assertThat(new String(NoteKey.cosigned(signed.checkpoint().body(), 1_679_315_147), StandardCharsets.UTF_8))
                .isEqualTo("cosignature/v1\ntime 1679315147\nexample.com/behind-the-sofa\n20852163\n"
                        + "CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n");
    }

    @Attack("a log shows two histories")
    @Test
    void aHeadIsBelievedFromAQuorumOfWitnessesOnly() throws Exception {
        List<LogMember> members = members(4);
        LogPolicy policy = LogPolicy.parsed(LogPolicy.text(members, WitnessRule.of(Structures.FOUR)));
        LogCheckpoint head = new LogCheckpoint(ORIGIN, 7, Digest.ZERO);
        policy.verify(SignedCheckpoint.parsed(signed(head, members, 0, 1, 3).text()));
        assertThatThrownBy(() -> policy.verify(signed(head, members, 0, 1)))
                .isInstanceOf(RefusedProofException.class)
                .hasMessageContaining("too few witnesses");
        // The same witness three times is one witness.
        assertThatThrownBy(() -> policy.verify(signed(head, members, 0, 0, 0)))
                .isInstanceOf(RefusedProofException.class);
        // Under another head the same lines are false ones.
        LogCheckpoint other = new LogCheckpoint(ORIGIN, 8, Digest.ZERO);
        assertThatThrownBy(() -> policy.verify(new SignedCheckpoint(
                        other, signed(head, members, 0, 1, 2).lines())))
                .isInstanceOf(RefusedProofException.class)
                .hasMessageContaining("is false");
        LogCheckpoint foreign = new LogCheckpoint("maftia/other", 7, Digest.ZERO);
        assertThatThrownBy(() -> policy.verify(signed(foreign, members, 0, 1, 2)))
                .isInstanceOf(RefusedProofException.class)
                .hasMessageContaining("no log");
    }

    /** Four sites of four replicas: three sites, of each three. */
    @Test
    void nestedQuorumsAreSaidByNestedGroups() throws Exception {
        List<Formula> sites = new ArrayList<>();
        for (int site = 0; site < 4; site++) {
            int from = 4 * site;
            sites.add(Formula.select(3, ReplicaSet.of(from, from + 1, from + 2, from + 3)));
        }
        WitnessRule rule = new WitnessRule(Formula.select(3, sites));
        List<LogMember> members = members(16);
        LogPolicy policy = LogPolicy.parsed(LogPolicy.text(members, rule));
        LogCheckpoint head = new LogCheckpoint(ORIGIN, 7, Digest.ZERO);
        policy.verify(signed(head, members, 0, 1, 2, 4, 5, 7, 12, 13, 14));
        assertThatThrownBy(() -> policy.verify(signed(head, members, 0, 1, 2, 3, 4, 5, 6, 7, 12, 13)))
                .isInstanceOf(RefusedProofException.class);
        assertThat(rule.holds(ReplicaSet.of(0, 1, 2, 4, 5, 7, 12, 13, 14))).isTrue();
    }

    @Test
    void twoSetsThatSufficeMeetInAKernelAlsoWherePeersHaveTrustedComponents() {
        for (FaultStructure trust :
                List.of(Structures.FOUR, FaultStructure.threshold(3, 1), FaultStructure.threshold(5, 2))) {
            WitnessRule rule = WitnessRule.of(trust);
            for (long first = 1; first <= trust.all().bits(); first++) {
                for (long second = 1; second <= trust.all().bits(); second++) {
                    ReplicaSet meet = new ReplicaSet(first & second);
                    boolean both = rule.holds(new ReplicaSet(first)) && rule.holds(new ReplicaSet(second));
                    assertThat(!both || trust.isKernel(meet)).isTrue();
                }
            }
        }
    }

    @Attack("hostile bytes")
    @Test
    void whatIsNoPolicyIsRefused() {
        String good = LogPolicy.text(members(4), WitnessRule.of(Structures.FOUR));
        String witness = "witness again " + members(4).getFirst().witness().text();
        for (String bad : List.of(
                "",
                good.replace("quorum g0", ""),
                good + "quorum g0\n",
                good.replace("quorum g0", "quorum g7"),
                good.replace("group g0 3", "group g0 5"),
                good.replace("group g0 3 w0", "group g0 3 w0 w0"),
                good.replace("group g0 3 w0", "group g0 3 none"),
                witness + "\n" + good,
                good.replace("log ", "lag "))) {
            assertThatThrownBy(() -> LogPolicy.parsed(bad)).as(bad).isInstanceOf(MalformedException.class);
        }
    }

    @Test
    void aProofProvesOneEntry() throws Exception {
        List<LogMember> members = members(4);
        LogPolicy policy = LogPolicy.parsed(LogPolicy.text(members, WitnessRule.of(Structures.FOUR)));
        List<byte[]> entries = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            entries.add(new LogEntry(LogEntry.USER, i, new byte[] {(byte) i}).encoded());
        }
        LogTree.Subtrees subtrees = new LogTree.Subtrees() {
            @Override
            public Digest hash(int level, long index) {
                return level == 0
                        ? LogTree.leaf(entries.get((int) index))
                        : LogTree.node(hash(level - 1, 2 * index), hash(level - 1, 2 * index + 1));
            }
        };
        LogCheckpoint head = new LogCheckpoint(ORIGIN, 5, LogTree.root(5, subtrees));
        SignedCheckpoint signed = signed(head, members, 1, 2, 3);
        LogProof proof =
                LogProof.parsed(new LogProof(new byte[0], 3, LogTree.inclusion(3, 5, subtrees), signed).text());
        proof.verify(policy, entries.get(3));
        assertThatThrownBy(() -> proof.verify(policy, entries.get(2)))
                .isInstanceOf(RefusedProofException.class)
                .hasMessageContaining("not entry 3");
        // Data beside it, of which nobody says anything.
        LogProof.parsed(proof.text().replace("@v1\n", "@v1\nextra AAAA\n")).verify(policy, entries.get(3));
        byte[] header = Arrays.copyOf(entries.get(3), LogEntry.HEADER_LENGTH);
        LogProof whole = LogProof.parsed(new LogProof(header, 3, proof.path(), signed).text());
        whole.verify(policy, whole.entry(new byte[] {3}));
        assertThatThrownBy(() -> whole.verify(policy, whole.entry(new byte[] {4})))
                .isInstanceOf(RefusedProofException.class);
        LogEntry read = LogEntry.decoded(entries.get(3));
        assertThat(read.kind()).isEqualTo(LogEntry.USER);
        assertThat(read.body()).containsExactly(3);
        for (String bad : List.of("", "index 3\n\n", proof.text().replace("index 3", "index 03"))) {
            assertThatThrownBy(() -> LogProof.parsed(bad)).isInstanceOf(MalformedException.class);
        }
    }
}
