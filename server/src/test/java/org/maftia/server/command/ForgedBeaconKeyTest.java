package org.maftia.server.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.maftia.core.crypto.BlsKey;
import org.maftia.core.replica.CertifiedRead;
import org.maftia.core.replica.MadeKeys;
import org.maftia.core.replica.RefusedReadException;
import org.maftia.core.testing.Attack;
import org.maftia.core.wire.Digest;
import org.maftia.server.ceremony.GroupTranscript;
import org.maftia.server.ceremony.SmallGroup;
import org.maftia.server.cluster.ClusterDirectory;
import org.maftia.server.cluster.FreePorts;
import org.maftia.server.configuration.Configuration;
import org.maftia.server.configuration.GroupFile;
import org.maftia.server.configuration.Layout;
import org.maftia.server.configuration.Overrides;

/**
 * The key of the beacon stands in no transcript, so a gateway might show one of its own. The gateways here are the test's, with the
 * true keys of their replicas: one of them is an intruder's, who has those of one replica and no more.
 */
class ForgedBeaconKeyTest {
    private static final String BEACON = "beacon";
    private static final byte[] TRUE_KEY = key(1);
    private static final byte[] OWN_KEY = key(2);

    @TempDir
    private static Path directory;

    private final Terminal terminal = new Terminal();

    @SuppressWarnings("NullAway.Init") // before all tests
    private static CertifiedGateways gateways;

    private static byte[] key(int number) {
        byte[] key = new byte[BlsKey.PUBLIC_KEY_LENGTH];
        key[0] = (byte) number;
        return key;
    }

    @BeforeAll
    static void deal() throws Exception {
        Configuration configuration = FreePorts.fill(Layout.of("4", Overrides.none()));
        GroupTranscript group = SmallGroup.make(directory, configuration);
        ClusterDirectory place = new ClusterDirectory(directory);
        Files.writeString(place.groupFile(), GroupFile.text(configuration));
        gateways = new CertifiedGateways(configuration, group, place::keys);
    }

    @AfterEach
    void stop() {
        gateways.stop();
    }

    @AfterAll
    static void erase() {
        gateways.close();
    }

    private static CertifiedRead read(byte @Nullable [] shown, int... signers) {
        return gateways.read(BEACON, shown, signers);
    }

    /** A read's parts with those of another. */
    private static CertifiedRead mixed(CertifiedRead said, CertifiedRead proved) {
        return new CertifiedRead(
                said.configuration(),
                said.service(),
                said.key(),
                said.value(),
                proved.keyProof(),
                proved.serviceProof(),
                proved.checkpoint());
    }

    private CertifiedReader reader() throws Exception {
        return new CertifiedReader(new ClusterDirectory(directory), MadeKeys.VIEW, MadeKeys.entry(BEACON));
    }

    @Attack("a gateway passes a key of its own off as the group's")
    @Test
    void whatAQuorumCertifiedIsBelievedAndNothingElse() throws Exception {
        CertifiedRead honest = read(TRUE_KEY, 0, 1, 2);
        assertThat(reader().checked(CertifiedRead.CODEC.encode(honest), 0).value())
                .isEqualTo(TRUE_KEY);
        CertifiedRead own = read(OWN_KEY, 0);
        for (CertifiedRead forged : List.of(
                own,
                read(OWN_KEY),
                read(OWN_KEY, 0, 3),
                mixed(own, honest),
                mixed(honest, own),
                mixed(own, read(null, 0, 1, 2)),
                new CertifiedRead(
                        gateways.digest(),
                        MadeKeys.VIEW,
                        MadeKeys.entry(BEACON),
                        OWN_KEY,
                        own.keyProof(),
                        own.serviceProof(),
                        honest.checkpoint()),
                new CertifiedRead(
                        Digest.ZERO,
                        MadeKeys.VIEW,
                        MadeKeys.entry(BEACON),
                        OWN_KEY,
                        own.keyProof(),
                        own.serviceProof(),
                        own.checkpoint()))) {
            byte[] bytes = CertifiedRead.CODEC.encode(forged);
            assertThatThrownBy(() -> reader().checked(bytes, 0)).isInstanceOf(RefusedReadException.class);
        }
    }

    /** The intruder's gateway is asked first. */
    @Attack("a gateway passes a key of its own off as the group's")
    @Test
    void whoExportsTheKeyGetsTheGroupsThoughTheFirstGatewayLies() throws Exception {
        gateways.serve(0, read(OWN_KEY, 0));
        gateways.serve(1, read(TRUE_KEY, 1, 2, 3));
        String exported = terminal.type(0, "key", "export", BEACON, "--dir", directory);
        assertThat(exported.strip()).isEqualTo(HexFormat.of().formatHex(TRUE_KEY));
        Path kept = directory.resolve("proof");
        terminal.type(0, "read", "--dir", directory, "--out", kept, MadeKeys.VIEW, MadeKeys.entry(BEACON));
        assertThat(CertifiedRead.CODEC.decode(Files.readAllBytes(kept)).value()).isEqualTo(TRUE_KEY);
    }
}
