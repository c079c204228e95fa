package org.maftia.server.configuration;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.maftia.core.wire.MalformedException;
import org.maftia.services.jose.JsonWebKey;
import org.maftia.services.jose.StrictJson;
import org.maftia.services.openid.TokenKey;
import org.maftia.services.x509.CertificateChain;
import org.maftia.services.x509.CertifiedName;
import org.tomlj.Toml;
import org.tomlj.TomlArray;
import org.tomlj.TomlParseResult;

/**
 * {@code [oidc]}; the same at all replicas.
 *
 * @param open whether anybody may register; otherwise who was invited
 * @param place the relying party's id of passkeys: a domain that all gateways lie in; empty: the host of the first
 * @param clients relying parties; without any there is no provider
 * @param anchors who is believed about the names of clients: {@link #OWN}, or certificates in PEM
 */
public record OpenIdSettings(
        boolean open, String place, List<Client> clients, List<Invitation> invitations, List<String> anchors) {
    /** The group's own authority. */
    public static final String OWN = "own";

    private static final int CLIENTS_MAX = 256;
    private static final int INVITATIONS_MAX = 4_096;
    private static final int REDIRECTS_MAX = 16;
    private static final int KEYS_MAX = 8;
    private static final int ANCHORS_MAX = 8;
    private static final List<String> BOUNDS = List.of("no", "any", "own");
    private static final String NAME = "[a-z0-9][a-z0-9._-]{0,62}";
    private static final String PLACE = "|[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?";

    /** An address without a fragment (RFC 6749, section 3.1.2), or one of an application of a device (RFC 8252). */
    private static final String REDIRECT =
            "(?!javascript:|data:)[a-z][a-z0-9+.-]{1,63}:[!-~&&[^#\"\\\\<>^`{|}]]{1,900}";

    private static final String PEM_BEGIN = "-----BEGIN CERTIFICATE-----";
    private static final String PEM_END = "-----END CERTIFICATE-----";

    private static final String SECRET = "[0-9a-f]{64}";

    public static final OpenIdSettings DEFAULT = new OpenIdSettings(false, "", List.of(), List.of(), List.of(OWN));

    public OpenIdSettings {
        clients = List.copyOf(clients);
        invitations = List.copyOf(invitations);
        anchors = List.copyOf(anchors);
    }

    /**
     * {@code [[oidc.client]]}.
     *
     * @param redirects addresses to which codes may go
     * @param secret the public half of its secret in hexadecimal, as {@code maftia oidc secret} prints it; empty: it has none
     * @param algorithm of its tokens: RS256 or PS256
     * @param jwks a JSON Web Key Set, as a text: keys under which the client signs that it is itself; empty: it has none
     * @param certificates SHA-256, in hexadecimal, of certificates with which it comes
     * @param certified the name in whatever certificate it comes with; empty: it has none
     * @param bound whether its tokens are bound to a key, and to which: no, any, own
     */
    public record Client(
            String id,
            List<String> redirects,
            String secret,
            String algorithm,
            String jwks,
            List<String> certificates,
            Optional<CertifiedName> certified,
            String bound) {
        public Client {
            redirects = List.copyOf(redirects);
            certificates = List.copyOf(certificates);
        }

        /**
         * The keys in {@link #jwks}.
         *
         * @throws MalformedException when it is none, or holds others than the group can use
         */
        public List<JsonWebKey> keys() {
            return jwks.isEmpty()
                    ? List.of()
                    : StrictJson.object(jwks.getBytes(StandardCharsets.UTF_8), "the set")
                            .children("keys", KEYS_MAX)
                            .stream()
                            .map(JsonWebKey::of)
                            .toList();
        }
    }

    /**
     * {@code [[oidc.invitation]]}.
     *
     * @param name under which somebody may register
     * @param secret the public half of the invitation in hexadecimal, as {@code maftia oidc invite} prints it
     */
    public record Invitation(String name, String secret) {}

    /** Whether a configuration, in the words of its operators, names relying parties, so that its group needs a key for them. */
    public static boolean hasClients(String description) {
        TomlParseResult parsed = Toml.parse(description);
        return parsed.isArray("oidc.client")
                && !parsed.getArrayOrEmpty("oidc.client").isEmpty();
    }

    /** Whether any of its relying parties reads tokens by PS256 only, so that its group needs another key. */
    public static boolean hasPssClients(String description) {
        TomlArray clients = Toml.parse(description).getArrayOrEmpty("oidc.client");
        for (int i = 0; i < clients.size(); i++) {
            if (TokenKey.PS256.equals(clients.getTable(i).getString("algorithm"))) {
                return true;
            }
        }
        return false;
    }

    static OpenIdSettings read(Section root) throws ConfigurationException {
        Section section = root.section("oidc");
        List<Client> clients = new ArrayList<>();
        for (Section client : section.sections("client", "id")) {
            clients.add(client(client));
        }
        List<Invitation> invitations = new ArrayList<>();
        for (Section invitation : section.sections("invitation", "name")) {
            invitations.add(new Invitation(name(invitation, "name"), secret(invitation, SECRET)));
            invitation.finish();
        }
        requireOnce(section, "client", clients.stream().map(Client::id).toList(), CLIENTS_MAX);
        requireOnce(
                section,
                "invitation",
                invitations.stream().map(Invitation::name).toList(),
                INVITATIONS_MAX);
        String place = section.text("place", "");
        if (!place.matches(PLACE)) {
            throw section.error("place", "must be a host name", "for example \"example.org\"");
        }
        OpenIdSettings settings =
                new OpenIdSettings(section.flag("open", false), place, clients, invitations, anchors(section));
        section.finish();
        return settings;
    }

    private static Client client(Section section) throws ConfigurationException {
        List<String> redirects = section.texts("redirects");
        if (redirects.isEmpty()
                || redirects.size() > REDIRECTS_MAX
                || !redirects.stream().allMatch(redirect -> redirect.matches(REDIRECT))) {
            throw section.error(
                    "redirects",
                    "must be 1 to " + REDIRECTS_MAX + " addresses without a fragment",
                    "for example [\"https://shop.example/back\"]");
        }
        String algorithm = section.text("algorithm", TokenKey.RS256);
        if (!algorithm.equals(TokenKey.RS256) && !algorithm.equals(TokenKey.PS256)) {
            throw section.error("algorithm", "must be \"RS256\" or \"PS256\"", "the default is RS256");
        }
        String bound = section.text("bound", BOUNDS.getFirst());
        Client client = new Client(
                name(section, "id"),
                redirects,
                secret(section, "|" + SECRET),
                algorithm,
                section.text("jwks", ""),
                section.texts("certificates"),
                certified(section),
                bound);
        requireOneWay(section, client);
        section.finish();
        return client;
    }

    private static List<String> anchors(Section section) throws ConfigurationException {
        List<String> anchors = section.texts("anchors");
        if (anchors.isEmpty()) {
            return DEFAULT.anchors();
        }
        for (String anchor : anchors) {
            try {
                if (!anchor.equals(OWN)) {
                    CertificateChain.Anchor.of(decoded(anchor));
                }
            } catch (MalformedException e) {
                throw section.error(
                        "anchors",
                        "must be \"own\" or certificates of issuers: " + e.getMessage(),
                        "one text a certificate, in PEM, between ''' and '''");
            }
        }
        if (anchors.size() > ANCHORS_MAX) {
            throw section.error("anchors", "are too many", ANCHORS_MAX + " at most");
        }
        return anchors;
    }

    /**
     * The bytes of a certificate in PEM.
     *
     * @throws MalformedException when it is none
     */
    public static byte[] decoded(String pem) {
        String text = pem.strip();
        if (!text.startsWith(PEM_BEGIN) || !text.endsWith(PEM_END)) {
            throw new MalformedException("this is no certificate in PEM");
        }
        try {
            return Base64.getMimeDecoder().decode(text.substring(PEM_BEGIN.length(), text.length() - PEM_END.length()));
        } catch (IllegalArgumentException e) {
            throw new MalformedException("this is no certificate in PEM");
        }
    }

    private static Optional<CertifiedName> certified(Section section) throws ConfigurationException {
        Optional<CertifiedName> found = Optional.empty();
        for (CertifiedName.Kind kind : CertifiedName.Kind.values()) {
            Optional<String> text = section.text(kind.word());
            if (text.isEmpty()) {
                continue;
            }
            if (found.isPresent()) {
                throw section.error(
                        kind.word(), "and " + found.get().kind().word() + " are two names", "a client has one of them");
            }
            try {
                found = Optional.of(new CertifiedName(kind, text.get()));
            } catch (MalformedException e) {
                throw section.error(kind.word(), "is wrong: " + e.getMessage(), "write it as certificates have it");
            }
        }
        return found;
    }

    /** A client makes itself known in one way, and is bound to keys that it has. */
    private static void requireOneWay(Section section, Client client) throws ConfigurationException {
        try {
            if (!client.jwks().isEmpty() && client.keys().isEmpty()) {
                throw new MalformedException("the set has no keys");
            }
        } catch (MalformedException e) {
            throw section.error(
                    "jwks",
                    "must be a JSON Web Key Set of 1 to " + KEYS_MAX + " public keys: " + e.getMessage(),
                    "RSA from 2048 bits, P-256 or Ed25519; between ''' and ''' quotes need no backslashes");
        }
        if (client.certificates().size() > KEYS_MAX
                || !client.certificates().stream().allMatch(hex -> hex.matches(SECRET))) {
            throw section.error(
                    "certificates",
                    "must be SHA-256 of certificates, " + KEYS_MAX + " at most",
                    "64 hexadecimal digits: openssl x509 -in FILE -outform DER | sha256sum");
        }
        long ways = Stream.of(
                        !client.secret().isEmpty(),
                        !client.jwks().isEmpty(),
                        !client.certificates().isEmpty(),
                        client.certified().isPresent())
                .filter(way -> way)
                .count();
        if (ways > 1) {
            throw section.error(
                    "secret",
                    "and jwks, certificates and tls_client_auth_... are ways to be known",
                    "a client has one of them");
        }
        if (!BOUNDS.contains(client.bound())
                || (client.bound().equals(BOUNDS.getLast()) && client.jwks().isEmpty())) {
            throw section.error(
                    "bound",
                    "must be \"no\", \"any\" or, for clients with jwks, \"own\"",
                    "the default is \"no\"; tokens of clients with certificates are always bound to these");
        }
    }

    /** Whether clients come with certificates, so that gateways must ask for them. */
    public boolean wantsCertificates() {
        return clients.stream()
                .anyMatch(client ->
                        !client.certificates().isEmpty() || client.certified().isPresent());
    }

    private static String name(Section section, String key) throws ConfigurationException {
        String name = section.requiredText(key);
        if (!name.matches(NAME)) {
            throw section.error(key, "must be a name", "1 to 63 small letters, digits, dots, hyphens, underscores");
        }
        return name;
    }

    private static String secret(Section section, String form) throws ConfigurationException {
        String secret = section.text("secret", "");
        if (!secret.matches(form)) {
            throw section.error(
                    "secret", "must be the public half of a secret", "64 hexadecimal digits, see 'maftia oidc --help'");
        }
        return secret;
    }

    private static void requireOnce(Section section, String key, List<String> names, int max)
            throws ConfigurationException {
        if (names.size() > max || names.stream().distinct().count() < names.size()) {
            throw section.error(key, "must have names of their own, " + max + " at most", "remove what stands twice");
        }
    }
}
