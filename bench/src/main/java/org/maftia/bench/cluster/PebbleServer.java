package org.maftia.bench.cluster;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.StringWriter;
import java.math.BigInteger;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Date;
import java.util.List;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.openssl.jcajce.JcaPEMWriter;
import org.bouncycastle.openssl.jcajce.JcaPKCS8Generator;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.maftia.server.cluster.FreePorts;

/**
 * Pebble, the test server of Let's Encrypt, as a package of the system has it: one process that holds everything in memory,
 * signs with one RSA-2048 key and looks at each challenge itself. Its delays and refusals on purpose are off.
 */
final class PebbleServer {
    private static final int START_SECONDS = 20;

    private final Path place;
    private final int challengePort;
    private final Processes processes;

    /** @param challengePort where clients answer challenges */
    PebbleServer(Path place, int challengePort, Processes processes) {
        this.place = place;
        this.challengePort = challengePort;
        this.processes = processes;
    }

    /**
     * Returns when it answers.
     *
     * @throws IOException where there is no program of this name, or it does not start
     */
    AcmeLoad.Target start() throws IOException, InterruptedException {
        List<Integer> ports = FreePorts.several(2);
        X509Certificate certificate;
        try {
            certificate = certify();
        } catch (GeneralSecurityException | OperatorCreationException e) {
            throw new IOException("no certificate can be made", e);
        }
        ObjectMapper json = new ObjectMapper();
        ObjectNode settings = json.createObjectNode();
        settings.putObject("pebble")
                .put("listenAddress", "127.0.0.1:" + ports.get(0))
                .put("managementListenAddress", "127.0.0.1:" + ports.get(1))
                .put("certificate", place.resolve("cert.pem").toString())
                .put("privateKey", place.resolve("key.pem").toString())
                .put("httpPort", challengePort)
                .put("tlsPort", challengePort)
                .put("ocspResponderURL", "")
                .put("externalAccountBindingRequired", false);
        Path file = place.resolve("pebble.json");
        Files.write(file, json.writeValueAsBytes(settings));
        Path console = place.resolve("pebble.log");
        Process process = processes.start(
                place,
                console,
                List.of(
                        "env",
                        "PEBBLE_VA_NOSLEEP=1",
                        "PEBBLE_WFE_NONCEREJECT=0",
                        "PEBBLE_AUTHZREUSE=0",
                        "pebble",
                        "-config",
                        file.toString()));
        Processes.awaitWords(process, console, "Listening on", 1, START_SECONDS);
        return new AcmeLoad.Target(
                List.of(URI.create("https://localhost:" + ports.get(0) + "/dir")),
                certificate,
                List.of(process.pid()),
                AcmeKey::p256);
    }

    /** Its own, for the connections of clients. */
    private X509Certificate certify() throws GeneralSecurityException, OperatorCreationException, IOException {
        KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
        generator.initialize(new ECGenParameterSpec("secp256r1"));
        KeyPair pair = generator.generateKeyPair();
        X500Name name = new X500Name("CN=localhost");
        Instant now = Instant.now();
        JcaX509v3CertificateBuilder builder = new JcaX509v3CertificateBuilder(
                name,
                BigInteger.valueOf(now.toEpochMilli()),
                Date.from(now.minus(1, ChronoUnit.HOURS)),
                Date.from(now.plus(1, ChronoUnit.DAYS)),
                name,
                pair.getPublic());
        builder.addExtension(
                Extension.subjectAlternativeName,
                false,
                new GeneralNames(new GeneralName(GeneralName.dNSName, "localhost")));
        X509Certificate certificate = new JcaX509CertificateConverter()
                .getCertificate(builder.build(new JcaContentSignerBuilder("SHA256withECDSA").build(pair.getPrivate())));
        write("cert.pem", certificate);
        write("key.pem", new JcaPKCS8Generator(pair.getPrivate(), null));
        return certificate;
    }

    private void write(String file, Object what) throws IOException {
        StringWriter text = new StringWriter();
        try (JcaPEMWriter pem = new JcaPEMWriter(text)) {
            pem.writeObject(what);
        }
        Files.writeString(place.resolve(file), text.toString());
    }
}
