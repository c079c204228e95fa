package org.maftia.client.jca;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.MalformedURLException;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.SignatureException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import javax.net.ssl.HttpsURLConnection;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocketFactory;
import javax.net.ssl.TrustManagerFactory;
import org.maftia.core.crypto.RsaHash;
import org.maftia.core.wire.MalformedException;
import org.maftia.services.jose.StrictJson;
import org.maftia.services.signing.CallerKey;
import org.maftia.services.signing.SigningCommand;
import org.maftia.services.signing.SigningPolicy;

/**
 * The gateways of a group, asked one after the other until one gives what verifies. Any thread may use it. It needs the module java.base
 * alone, as keytool runs without others.
 */
final class SigningConnection {
    private static final String PATH = "/signing/keys";
    private static final int GATEWAYS_MAX = 64;
    private static final int KEYS_MAX = 64;
    private static final int CONNECT_TIMEOUT_MILLIS = 5_000;

    /** A gateway gives the group fifteen seconds. */
    private static final int TIMEOUT_MILLIS = 20_000;

    private final List<URI> gateways;
    private final X509Certificate root;
    private final SSLSocketFactory sockets;

    /** By gateway, the number that it says it has: proofs are made out to it. */
    private final Map<URI, Integer> numbers = new ConcurrentHashMap<>();

    /** The gateway that answered last. */
    private final AtomicInteger first = new AtomicInteger();

    /** The time in the last proof: no two have the same. */
    private final AtomicLong lastMicros = new AtomicLong();

    private SigningConnection(List<URI> gateways, X509Certificate root) throws IOException {
        this.gateways = List.copyOf(gateways);
        this.root = root;
        this.sockets = trusting(root).getSocketFactory();
    }

    /**
     * @param properties {@code gateways}, HTTPS addresses between commas, and {@code ca}, the file with the group's root
     *     certificate in PEM
     */
    static SigningConnection of(InputStream properties) throws IOException {
        Properties read = new Properties();
        try {
            read.load(properties);
        } catch (IllegalArgumentException e) {
            throw new IOException("these are no properties", e);
        }
        String places = read.getProperty("gateways", "");
        String ca = read.getProperty("ca", "");
        List<URI> gateways = new ArrayList<>();
        for (String text : places.split("\\s*,\\s*")) {
            gateways.add(place(text));
        }
        if (gateways.size() > GATEWAYS_MAX || ca.isEmpty()) {
            throw new IOException("the properties lack \"ca\", or name more than " + GATEWAYS_MAX + " gateways");
        }
        try (InputStream in = Files.newInputStream(Path.of(ca))) {
            CertificateFactory factory = CertificateFactory.getInstance("X.509");
            return new SigningConnection(gateways, (X509Certificate) factory.generateCertificate(in));
        } catch (GeneralSecurityException e) {
            throw new IOException(ca + " holds no certificate", e);
        }
    }

    private static URI place(String text) throws IOException {
        try {
            URI place = new URI(text);
            if ("https".equals(place.getScheme()) && place.getHost() != null) {
                return place;
            }
        } catch (URISyntaxException e) {
            throw new IOException("\"gateways\" lists what is no address: " + text, e);
        }
        throw new IOException("\"gateways\" lists HTTPS addresses, not \"" + text + "\"");
    }

    private static SSLContext trusting(X509Certificate root) throws IOException {
        try {
            KeyStore store = KeyStore.getInstance("PKCS12");
            store.load(null, null);
            store.setCertificateEntry("root", root);
            TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
            trust.init(store);
            SSLContext context = SSLContext.getInstance("TLSv1.3");
            context.init(null, trust.getTrustManagers(), null);
            return context;
        } catch (GeneralSecurityException e) {
            throw new IOException("the group's root certificate is of no use", e);
        }
    }

    /** The group's root. */
    X509Certificate root() {
        return root;
    }

    /** Asks one gateway. */
    @FunctionalInterface
    private interface Question<T> {
        T ask(URI gateway) throws IOException;
    }

    /** All keys, by name, from the first gateway whose answer verifies. */
    SortedMap<String, RemoteKey> keys() throws IOException {
        return asked(this::keysOf);
    }

    private <T> T asked(Question<T> question) throws IOException {
        StringBuilder failures = new StringBuilder();
        int from = first.get();
        for (int i = 0; i < gateways.size(); i++) {
            int number = (from + i) % gateways.size();
            try {
                T answer = question.ask(gateways.get(number));
                first.set(number);
                return answer;
            } catch (IOException | MalformedException e) {
                numbers.remove(gateways.get(number)); // it may have another since the group changed
                failures.append("; ").append(gateways.get(number)).append(": ").append(e.getMessage());
            }
        }
        throw new IOException("no gateway gave an answer that verifies" + failures);
    }

    private SortedMap<String, RemoteKey> keysOf(URI gateway) throws IOException {
        StrictJson json = json(gateway.resolve(PATH), new byte[0]);
        StrictJson listed = json.only("gateway", "keys").child("keys");
        long number = json.number("gateway");
        List<String> names = listed.names();
        if (names.size() > KEYS_MAX || number > 255) {
            throw new MalformedException("the list of keys is longer than any");
        }
        numbers.put(gateway, (int) number);
        SortedMap<String, RemoteKey> keys = new TreeMap<>();
        names.forEach(name -> keys.put(name, RemoteKey.of(name, listed.child(name), root)));
        return keys;
    }

    /** @param request of a POST; empty: what is there is read */
    private StrictJson json(URI place, byte[] request) throws IOException {
        HttpsURLConnection connection = opened(place);
        connection.setSSLSocketFactory(sockets);
        connection.setConnectTimeout(CONNECT_TIMEOUT_MILLIS);
        connection.setReadTimeout(TIMEOUT_MILLIS);
        connection.setUseCaches(false);
        connection.setInstanceFollowRedirects(false);
        if (request.length > 0) {
            connection.setDoOutput(true);
            connection.setRequestMethod("POST");
            connection.setRequestProperty("Content-Type", "application/json");
            connection.setFixedLengthStreamingMode(request.length);
            try (OutputStream out = connection.getOutputStream()) {
                out.write(request);
            }
        }
        int status = connection.getResponseCode();
        byte[] body;
        // The answer of an error comes by another stream, which may be missing.
        try (InputStream in = status < 400 ? connection.getInputStream() : connection.getErrorStream()) {
            body = in == null ? new byte[0] : in.readNBytes(StrictJson.LENGTH_MAX);
        }
        if (status != 200) {
            throw new IOException("HTTP " + status + detail(body));
        }
        return StrictJson.object(body, "the answer");
    }

    private static HttpsURLConnection opened(URI place) throws IOException {
        try {
            if (place.toURL().openConnection() instanceof HttpsURLConnection connection) {
                return connection;
            }
        } catch (MalformedURLException e) {
            throw new IOException("no address: " + place, e);
        }
        throw new IOException("no HTTPS address: " + place);
    }

    private static String detail(byte[] body) {
        try {
            return ": " + StrictJson.object(body, "the problem").text("detail");
        } catch (MalformedException e) {
            return ""; // of something else than a gateway
        }
    }

    /**
     * Has a digest signed.
     *
     * @throws SignatureException says what each gateway did
     */
    byte[] sign(RemoteKey key, CallerKey caller, RsaHash hash, byte[] digest) throws SignatureException {
        try {
            return asked(gateway -> signature(gateway, key, caller, hash, digest));
        } catch (IOException e) {
            throw new SignatureException("the group did not sign with key " + key.name() + ": " + e.getMessage(), e);
        }
    }

    private byte[] signature(URI gateway, RemoteKey key, CallerKey caller, RsaHash hash, byte[] digest)
            throws IOException {
        if (!numbers.containsKey(gateway)) {
            keysOf(gateway);
        }
        SigningCommand.Request request = new SigningCommand.Request(
                key.name(),
                key.pss(),
                hash,
                digest,
                caller.publicKey(),
                numbers.getOrDefault(gateway, 0),
                lastMicros.updateAndGet(
                        last -> Math.max(TimeUnit.MILLISECONDS.toMicros(System.currentTimeMillis()), last + 1)));
        SigningCommand command = SigningCommand.proved(request, SigningPolicy.publicKey(key.modulus()), caller);
        byte[] body = StrictJson.bytes(StrictJson.create()
                .put("padding", key.pss() ? "pss" : "pkcs1v15")
                .put("hash", "sha2-" + 8 * hash.length())
                .put("digest", StrictJson.base64(digest))
                .put("caller", StrictJson.base64(request.caller()))
                .put("gateway", request.gateway())
                .put("time", request.timeMicros())
                .put("proof", StrictJson.base64(command.proof())));
        StrictJson json = json(gateway.resolve(PATH + "/" + key.name()), body);
        byte[] signature = json.only("signature").bytes("signature", 1 << 10);
        if (!key.encoding().verifies(SigningPolicy.keyId(key.name()), key.modulus(), hash.message(digest), signature)) {
            throw new MalformedException("the signature does not verify");
        }
        return signature;
    }
}
