package org.maftia.server.command;

import io.helidon.http.HeaderNames;
import io.helidon.webserver.http.HttpRouting;
import java.net.InetAddress;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.maftia.core.crypto.Certificate;
import org.maftia.core.ordering.Epoch;
import org.maftia.core.ordering.StableCheckpoint;
import org.maftia.core.replica.CertifiedRead;
import org.maftia.core.replica.MadeKeys;
import org.maftia.core.replica.MerkleMap;
import org.maftia.core.wire.Digest;
import org.maftia.server.ceremony.GroupTranscript;
import org.maftia.server.ceremony.ReplicaKeys;
import org.maftia.server.configuration.Configuration;
import org.maftia.server.configuration.ReplicaEntry;
import org.maftia.server.gateway.Gateway;
import org.maftia.server.http.HttpBase;
import org.maftia.server.succession.Known;

/** Gateways with the true keys of their replicas, and nothing behind them: they answer what a test has them answer. */
final class CertifiedGateways implements AutoCloseable {
    private final Configuration configuration;
    private final Digest digest;
    private final List<ReplicaKeys> keys = new ArrayList<>();
    private final List<HttpBase> gateways = new ArrayList<>();
    private final long nowMicros = System.currentTimeMillis() * 1_000;

    /** @param folders where the keys of each replica lie */
    CertifiedGateways(Configuration configuration, GroupTranscript group, Function<String, Path> folders)
            throws Exception {
        this.configuration = configuration;
        this.digest = Known.of(configuration, group).configuration().digest();
        for (ReplicaEntry entry : configuration.replicas()) {
            keys.add(ReplicaKeys.load(folders.apply(entry.id())));
        }
    }

    /** Of the group's configuration. */
    Digest digest() {
        return digest;
    }

    /** What a group of these signers would certify, had it made this key; null: it has made none. */
    CertifiedRead read(String key, byte @Nullable [] shown, int... signers) {
        MerkleMap group = MerkleMap.EMPTY.with("other", new byte[] {1});
        group = shown == null ? group : group.with(MadeKeys.entry(key), shown);
        MerkleMap roots = MerkleMap.EMPTY
                .with("register", new byte[Digest.LENGTH])
                .with(MadeKeys.VIEW, group.root().toBytes());
        StableCheckpoint.Claim claim =
                new StableCheckpoint.Claim(8, Epoch.FIRST, nowMicros, Digest.ZERO, roots.root(), Digest.ZERO);
        TreeMap<Integer, byte[]> signatures = new TreeMap<>();
        for (int signer : signers) {
            signatures.put(signer, keys.get(signer).certifier().sign(claim.digest(digest)));
        }
        return new CertifiedRead(
                digest,
                MadeKeys.VIEW,
                MadeKeys.entry(key),
                shown,
                group.prove(MadeKeys.entry(key)),
                roots.prove(MadeKeys.VIEW),
                new StableCheckpoint(claim, Certificate.of(signatures)));
    }

    /** Stands where a replica's gateway does, with its certificate. */
    void serve(int replica, CertifiedRead answer) throws Exception {
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
                        keys.get(replica).httpsKey(), keys.get(replica).httpsChain()),
                () -> {
                    throw new TimeoutException("no replica stands behind it");
                },
                List.of(shows)));
    }

    /** Ends the gateways; others can be started in their places. */
    void stop() {
        gateways.forEach(HttpBase::close);
        gateways.clear();
    }

    @Override
    public void close() {
        stop();
        keys.forEach(ReplicaKeys::close);
    }
}
