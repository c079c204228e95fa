package org.maftia.server.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.helidon.http.HeaderNames;
import io.helidon.webserver.http.HttpRouting;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.TreeMap;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.maftia.core.crypto.BlsKey;
import org.maftia.core.crypto.Certificate;
import org.maftia.core.ordering.Epoch;
import org.maftia.core.ordering.StableCheckpoint;
import org.maftia.core.replica.CertifiedRead;
import org.maftia.core.replica.MadeKeys;
import org.maftia.core.replica.MerkleMap;
import org.maftia.core.replica.RefusedReadException;
import org.maftia.core.testing.Attack;
import org.maftia.core.wire.Digest;
import org.maftia.server.ceremony.GroupTranscript;
import org.maftia.server.ceremony.ReplicaKeys;
import org.maftia.server.ceremony.SmallGroup;
import org.maftia.server.cluster.ClusterDirectory;
import org.maftia.server.cluster.FreePorts;
import org.maftia.server.configuration.Configuration;
import org.maftia.server.configuration.GroupFile;
import org.maftia.server.configuration.Layout;
import org.maftia.server.configuration.Overrides;
import org.maftia.server.configuration.ReplicaEntry;
import org.maftia.server.gateway.Gateway;
import org.maftia.server.http.HttpBase;
import org.maftia.server.succession.Known;

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

    private static final List<ReplicaKeys> KEYS = new ArrayList<>();

    private final List<HttpBase> gateways = new ArrayList<>();
    private final Terminal terminal = new Terminal();
    private final long nowMicros = System.currentTimeMillis() * 1_000;

    @SuppressWarnings("NullAway.Init") // before all tests
    private static Configuration configuration;

    @SuppressWarnings("NullAway.Init") // before all tests
    private static Digest digest;

    private static byte[] key(int number) {
        byte[] key = new byte[BlsKey.PUBLIC_KEY_LENGTH];
        key[0] = (byte) number;
        return key;
    }

    @BeforeAll
    static void deal() throws Exception {
        configuration = FreePorts.fill(Layout.of("4", Overrides.none()));
        SmallGroup.make(directory, configuration);
        ClusterDirectory place = new ClusterDirectory(directory);
        Files.writeString(place.groupFile(), GroupFile.text(configuration));
        for (ReplicaEntry entry : configuration.replicas()) {
            KEYS.add(ReplicaKeys.load(place.keys(entry.id())));
        }
        digest = Known.of(configuration, GroupTranscript.read(place.ceremony().resolve(GroupTranscript.FILE)))
                .configuration()
                .digest();
    }

    @AfterEach
    void stop() {
        gateways.forEach(HttpBase::close);
    }

    @AfterAll
    static void erase() {
        KEYS.forEach(ReplicaKeys::close);
    }

    /** What a group of these signers would certify, had it made this key; null: it has made none. */
    private CertifiedRead read(byte @Nullable [] shown, int... signers) {
        MerkleMap group = MerkleMap.EMPTY.with("other", new byte[] {1});
        group = shown == null ? group : group.with(MadeKeys.entry(BEACON), shown);
        MerkleMap roots = MerkleMap.EMPTY
                .with("register", new byte[Digest.LENGTH])
                .with(MadeKeys.VIEW, group.root().toBytes());
        StableCheckpoint.Claim claim =
                new StableCheckpoint.Claim(8, Epoch.FIRST, nowMicros, Digest.ZERO, roots.root(), Digest.ZERO);
        TreeMap<Integer, byte[]> signatures = new TreeMap<>();
        for (int signer : signers) {
            signatures.put(signer, KEYS.get(signer).certifier().sign(claim.digest(digest)));
        }
        return new CertifiedRead(
                digest,
                MadeKeys.VIEW,
                MadeKeys.entry(BEACON),
                shown,
                group.prove(MadeKeys.entry(BEACON)),
                roots.prove(MadeKeys.VIEW),
                new StableCheckpoint(claim, Certificate.of(signatures)));
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

    /** Stands where a replica's gateway does, with its certificate. */
    private void serve(int replica, CertifiedRead answer) throws Exception {
        ReplicaEntry entry = configuration.replicas().get(replica);
        byte[] body = CertifiedRead.CODEC.encode(answer);
        Gateway shows = new Gateway() {
            @Override
            public String service() {
                return "certified";
            }

            @Override
            public String path() {
                return "/certified";
            }

            @Override
            public void register(HttpRouting.Builder plain, HttpRouting.Builder tls) {
                tls.get(path(), (request, response) -> {
                    response.header(HeaderNames.CONTENT_TYPE, "application/octet-stream");
                    response.send(body);
                });
            }
        };
        gateways.add(HttpBase.start(
                new HttpBase.Ports(InetAddress.getByName(entry.host()), entry.http(), entry.https(), 8),
                new HttpBase.Identity(
                        KEYS.get(replica).httpsKey(), KEYS.get(replica).httpsChain()),
                () -> {
                    throw new TimeoutException("no replica stands behind it");
                },
                List.of(shows)));
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
                        digest,
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
        serve(0, read(OWN_KEY, 0));
        serve(1, read(TRUE_KEY, 1, 2, 3));
        String exported = terminal.type(0, "key", "export", BEACON, "--dir", directory);
        assertThat(exported.strip()).isEqualTo(HexFormat.of().formatHex(TRUE_KEY));
        Path kept = directory.resolve("proof");
        terminal.type(0, "read", "--dir", directory, "--out", kept, MadeKeys.VIEW, MadeKeys.entry(BEACON));
        assertThat(CertifiedRead.CODEC.decode(Files.readAllBytes(kept)).value()).isEqualTo(TRUE_KEY);
    }
}
