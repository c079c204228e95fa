package org.maftia.server.notarize;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.maftia.core.wire.Digest;
import org.maftia.core.wire.MalformedException;
import org.maftia.server.cluster.SecureHttp;
import org.maftia.services.jose.CompactJws;
import org.maftia.services.jose.StrictJson;
import org.maftia.services.log.LogPolicy;
import org.maftia.services.log.LogProof;
import org.maftia.services.registration.Description;
import org.maftia.services.registration.Receipt;
import org.maftia.services.registration.SealedDocument;

/**
 * Registers what is sealed, through the first gateway that shows that it is registered: a gateway may be down, slow or lying, and
 * is believed nothing. The same sealed bytes go to the next one, so they are registered once however many have brought them.
 */
public final class RegistrationClient {
    /** Ordering, opening and the next head of the log take some seconds in a group that recovers. */
    private static final int TIMEOUT_MILLIS = 15_000;

    private static final long LOOK_MILLIS = 250;

    /** Of an answer: a receipt and a proof, or a page of registrations. */
    private static final int ANSWER_LENGTH_MAX = StrictJson.LENGTH_MAX;

    private static final int LISTED_MAX = 64;

    private final List<String> addresses;
    private final SecureHttp http;
    private final Trust trust;
    private final int timeoutMillis;

    /**
     * What makes evidence believable.
     *
     * @param root the group's root certificate
     * @param signer the certificate of the key for receipts
     * @param policy of the group's log
     */
    public record Trust(X509Certificate root, X509Certificate signer, LogPolicy policy) {}

    /**
     * @param addresses of the notary at all gateways, tried in this order
     * @param http trusts the group's root
     */
    public RegistrationClient(List<String> addresses, SecureHttp http, Trust trust) {
        this(addresses, http, trust, TIMEOUT_MILLIS);
    }

    /** @param timeoutMillis how long a gateway may take for an answer, and again until it shows receipt and proof */
    public RegistrationClient(List<String> addresses, SecureHttp http, Trust trust, int timeoutMillis) {
        this.addresses = List.copyOf(addresses);
        this.http = http;
        this.trust = trust;
        this.timeoutMillis = timeoutMillis;
    }

    /** A registration that was checked, and the gateway that showed it. */
    public record Registered(RegistrationEvidence evidence, RegistrationEvidence.Verified verified, String address) {}

    /**
     * Registers it.
     *
     * @param sealed for the group
     * @param expected what is sealed
     * @throws IOException when no gateway showed that it is registered; says what each did
     */
    public Registered register(byte[] sealed, Description expected) throws IOException {
        byte[] body = StrictJson.bytes(StrictJson.create().put("ciphertext", StrictJson.base64(sealed)));
        Digest id = SealedDocument.id(sealed);
        StringBuilder failures = new StringBuilder();
        for (String address : addresses) {
            try {
                SecureHttp.Reply reply = http.post(address + "/registrations", timeoutMillis, "application/json", body);
                if (reply.status() != 202) {
                    throw new IOException(said(reply));
                }
                Registered registered = await(address, id);
                if (!registered.verified.receipt().description().equals(expected)) {
                    throw new IOException("the receipt is about another document");
                }
                return registered;
            } catch (IOException | MalformedException | RefusedReceiptException e) {
                failures.append("; ").append(address).append(": ").append(e.getMessage());
            }
        }
        throw new IOException("no gateway showed that the document is registered" + failures);
    }

    private static String said(SecureHttp.Reply reply) {
        String text = reply.body().length == 0 ? "" : new String(reply.body(), StandardCharsets.UTF_8).strip();
        try {
            text = StrictJson.object(reply.body(), "the problem").text("detail");
        } catch (MalformedException e) {
            text = text.substring(
                    0, Math.min(text.length(), 200)); // whatever stands there tells people more than nothing
        }
        return "HTTP " + reply.status() + " " + text;
    }

    private Registered await(String address, Digest id) throws IOException, RefusedReceiptException {
        long deadline = System.nanoTime() + timeoutMillis * 1_000_000L;
        while (true) {
            Optional<Registered> registered = shown(address, id);
            if (registered.isPresent()) {
                return registered.get();
            }
            if (System.nanoTime() > deadline) {
                throw new IOException("showed no receipt and no proof in " + timeoutMillis + " ms");
            }
            try {
                Thread.sleep(LOOK_MILLIS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IOException("interrupted", e);
            }
        }
    }

    /** Empty: not yet, as far as this gateway says. */
    private Optional<Registered> shown(String address, Digest id) throws IOException, RefusedReceiptException {
        SecureHttp.Reply reply = http.get(address + "/registrations/" + id, timeoutMillis, ANSWER_LENGTH_MAX);
        if (reply.status() == 429 || reply.status() == 503) {
            return Optional.empty();
        }
        if (reply.status() != 200) {
            throw new IOException(said(reply));
        }
        StrictJson json = StrictJson.object(reply.body(), "the answer");
        if (json.text("state").equals("rejected")) {
            throw new IOException("says that it is rejected: " + (json.has("reason") ? json.text("reason") : ""));
        }
        if (!json.has("receipt") || !json.has("proof")) {
            return Optional.empty();
        }
        RegistrationEvidence evidence = new RegistrationEvidence(
                CompactJws.decode(json.text("receipt")), trust.signer, LogProof.parsed(json.text("proof")));
        RegistrationEvidence.Verified verified = evidence.verify(trust.root, trust.policy);
        if (!verified.receipt().id().equals(id)) {
            throw new RefusedReceiptException("the receipt is one of another registration");
        }
        return Optional.of(new Registered(evidence, verified, address));
    }

    /**
     * Finds the earliest registration of a content that any gateway shows; one of them knows it, unless it is so old that the
     * group has forgotten it.
     *
     * @throws IOException when none shows any; says what each did
     */
    public Registered find(Digest content) throws IOException {
        StringBuilder failures = new StringBuilder();
        @Nullable Registered earliest = null;
        for (String address : addresses) {
            try {
                Registered shown = first(address, content);
                if (earliest == null
                        || shown.verified.receipt().sequence()
                                < earliest.verified.receipt().sequence()) {
                    earliest = shown;
                }
            } catch (IOException | MalformedException | RefusedReceiptException e) {
                failures.append("; ").append(address).append(": ").append(e.getMessage());
            }
        }
        if (earliest == null) {
            throw new IOException("no gateway showed a registration of this content" + failures);
        }
        return earliest;
    }

    private Registered first(String address, Digest content) throws IOException, RefusedReceiptException {
        SecureHttp.Reply reply =
                http.get(address + "/registrations?sha256=" + content, timeoutMillis, ANSWER_LENGTH_MAX);
        if (reply.status() != 200) {
            throw new IOException(said(reply));
        }
        List<StrictJson> listed = StrictJson.object(reply.body(), "the answer").children("registrations", LISTED_MAX);
        if (listed.isEmpty()) {
            throw new IOException("knows none");
        }
        Registered registered = await(address, Receipt.digest(listed.getFirst().text("id")));
        if (!registered.verified.receipt().description().sha256().equals(content)) {
            throw new RefusedReceiptException("the receipt is about another content");
        }
        return registered;
    }
}
