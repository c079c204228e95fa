package org.maftia.bench.cluster;

import java.io.IOException;
import java.net.InetAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.asn1.x500.RDN;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.ExtensionsGenerator;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.operator.ContentSigner;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.bouncycastle.pkcs.jcajce.JcaPKCS10CertificationRequestBuilder;

/**
 * Orders certificates by ACME: each client has an account, proves one address after the other by a challenge over HTTP, which the
 * server has to look at each time, and fetches the certificate before it orders the next.
 */
final class AcmeLoad {
    private static final String MARK = "-----BEGIN CERTIFICATE-----";

    private final Target target;
    private final HttpClient http;
    private final ChallengeServer challenges;
    private final List<byte[]> requests;
    private final ConcurrentMap<Integer, Turn> turns = new ConcurrentHashMap<>();

    /** Makes an account's key. */
    @FunctionalInterface
    interface Keys {
        AcmeKey make() throws GeneralSecurityException;
    }

    /**
     * Where certificates come from.
     *
     * @param directories of its gateways
     * @param root whose certificates the gateways have
     * @param processes whose time is counted
     * @param keys of accounts
     */
    record Target(List<URI> directories, X509Certificate root, List<Long> processes, Keys keys) {}

    /** A client's account, and how many of its addresses are proved. */
    private record Turn(AcmeClient account, int next) {}

    AcmeLoad(Target target, ChallengeServer challenges) throws IOException {
        this.target = target;
        this.challenges = challenges;
        try {
            this.http = KeptConnections.trusting(target.root);
            KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
            generator.initialize(new ECGenParameterSpec("secp256r1"));
            KeyPair pair = generator.generateKeyPair();
            this.requests = new ArrayList<>();
            for (int i = 0; i < ChallengeServer.ADDRESSES; i++) {
                requests.add(request(pair, ChallengeServer.address(i)));
            }
        } catch (GeneralSecurityException | OperatorCreationException e) {
            throw new IOException("no client can be made", e);
        }
    }

    /** Made beforehand, as it is not the server's work. */
    private static byte[] request(KeyPair pair, String address) throws IOException, OperatorCreationException {
        ExtensionsGenerator extensions = new ExtensionsGenerator();
        extensions.addExtension(
                Extension.subjectAlternativeName,
                false,
                new GeneralNames(new GeneralName(
                        GeneralName.iPAddress, InetAddress.getByName(address).getHostAddress())));
        ContentSigner signer = new JcaContentSignerBuilder("SHA256withECDSA").build(pair.getPrivate());
        return new JcaPKCS10CertificationRequestBuilder(new X500Name(new RDN[0]), pair.getPublic())
                .addAttribute(PKCSObjectIdentifiers.pkcs_9_at_extensionRequest, extensions.generate())
                .build(signer)
                .getEncoded();
    }

    /** Each piece of work is a certificate that was issued. */
    ClosedLoop.Outcome run(int clients, Side.Times times) throws IOException, InterruptedException {
        return new ClosedLoop(target.processes, this::order).run(clients, times);
    }

    /** Has one certificate issued, and gives its chain, in PEM. */
    byte[] issue() throws IOException, InterruptedException {
        try {
            return account(0).certificate(ChallengeServer.address(0), requests.getFirst(), challenges);
        } catch (GeneralSecurityException e) {
            throw new IOException("an account's key does not work", e);
        }
    }

    private void order(int client) throws IOException, InterruptedException {
        Turn turn = turns.get(client);
        if (turn == null || turn.next == ChallengeServer.ADDRESSES) {
            turn = new Turn(account(client), 0);
        }
        turns.put(client, new Turn(turn.account, turn.next + 1));
        try {
            byte[] chain =
                    turn.account.certificate(ChallengeServer.address(turn.next), requests.get(turn.next), challenges);
            if (!new String(chain, StandardCharsets.US_ASCII).startsWith(MARK)) {
                throw new IOException("what was issued is no chain of certificates");
            }
        } catch (GeneralSecurityException e) {
            throw new IOException("an account's key does not work", e);
        }
    }

    private AcmeClient account(int client) throws IOException, InterruptedException {
        try {
            return new AcmeClient(http, target.directories.get(client % target.directories.size()), target.keys.make());
        } catch (GeneralSecurityException e) {
            throw new IOException("no account can be made", e);
        }
    }
}
