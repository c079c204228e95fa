package org.maftia.services.openid;

import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.maftia.core.wire.Digest;
import org.maftia.services.jose.JsonWebKey;
import org.maftia.services.x509.CertificateChain;
import org.maftia.services.x509.CertifiedName;

/**
 * What the group's configuration says of its provider.
 *
 * @param bases where it is reached, such as {@code https://login.example.org}; an issuer is one of them with {@link #PATH}
 * @param place the relying party's id of passkeys: the host of all bases, or a domain above them
 * @param open whether anybody may register; otherwise who was invited
 * @param homes bases that belong to one gateway, by its number: what a client signs for such a place only that gateway can use
 * @param group its name in what officers sign
 * @param officers their public keys
 * @param anchors who is believed about the names of clients
 */
public record ProviderPolicy(
        List<String> bases,
        String place,
        boolean open,
        List<Client> clients,
        List<Invitation> invitations,
        SortedMap<Integer, String> homes,
        Digest group,
        List<Digest> officers,
        List<CertificateChain.Anchor> anchors) {
    /** Of the provider at each base. */
    public static final String PATH = "/oidc";

    public static final String OPENID = "openid";
    public static final String PROFILE = "profile";

    /** Who asks for it gets a refresh token. */
    public static final String OFFLINE = "offline_access";

    public ProviderPolicy {
        bases = List.copyOf(bases);
        clients = List.copyOf(clients);
        invitations = List.copyOf(invitations);
        homes = Collections.unmodifiableSortedMap(new TreeMap<>(homes));
        officers = List.copyOf(officers);
        anchors = List.copyOf(anchors);
    }

    /** One whose clients come with no certified names. */
    public ProviderPolicy(
            List<String> bases,
            String place,
            boolean open,
            List<Client> clients,
            List<Invitation> invitations,
            SortedMap<Integer, String> homes,
            Digest group,
            List<Digest> officers) {
        this(bases, place, open, clients, invitations, homes, group, officers, List.of());
    }

    /** How a client makes itself known (RFC 8705, sections 2.1 and 2.2; OpenID Connect Core, section 9). */
    public enum Method {
        NONE("none"),
        SECRET("client_secret_basic"),
        KEYS("private_key_jwt"),
        CERTIFICATES("self_signed_tls_client_auth"),
        CERTIFIED("tls_client_auth");

        private final String word;

        Method(String word) {
            this.word = word;
        }

        /** As discovery names it. */
        public String word() {
            return word;
        }
    }

    /** Which key access tokens of a client must be bound to. */
    public enum Bound {
        /** None, unless the client shows one. */
        NO,

        /** One that the client shows. */
        ANY,

        /** One that the client registered: then no gateway can have tokens bound to a key of its own. */
        OWN
    }

    /**
     * A relying party.
     *
     * @param redirects addresses to which codes may go, each as it is and not otherwise
     * @param secret the public half of the client's secret; empty where it can keep none, such as a program on a phone
     * @param keys under which it signs that it is itself; empty where it has another way
     * @param certificates with which it comes, by SHA-256; empty where it has another way
     * @param certified the name in whatever certificate it comes with; empty where it has another way
     * @param algorithm of its tokens
     */
    public record Client(
            String id,
            List<String> redirects,
            Optional<Digest> secret,
            List<JsonWebKey> keys,
            List<Digest> certificates,
            Optional<CertifiedName> certified,
            String algorithm,
            Bound bound) {
        public Client {
            redirects = List.copyOf(redirects);
            keys = List.copyOf(keys);
            certificates = List.copyOf(certificates);
        }

        /** One that comes with no certified name. */
        public Client(
                String id,
                List<String> redirects,
                Optional<Digest> secret,
                List<JsonWebKey> keys,
                List<Digest> certificates,
                String algorithm,
                Bound bound) {
            this(id, redirects, secret, keys, certificates, Optional.empty(), algorithm, bound);
        }

        /** One that gets bearer tokens, by the usual algorithm. */
        public static Client simple(String id, List<String> redirects, Optional<Digest> secret) {
            return new Client(id, redirects, secret, List.of(), List.of(), TokenKey.RS256, Bound.NO);
        }

        public Method method() {
            if (!keys.isEmpty()) {
                return Method.KEYS;
            }
            if (!certificates.isEmpty()) {
                return Method.CERTIFICATES;
            }
            if (certified.isPresent()) {
                return Method.CERTIFIED;
            }
            return secret.isPresent() ? Method.SECRET : Method.NONE;
        }
    }

    /** Who may register under a name. */
    public record Invitation(String name, Digest verifier) {}

    public Optional<Client> client(String id) {
        return clients.stream().filter(client -> client.id.equals(id)).findFirst();
    }

    public static String issuer(String base) {
        return base + PATH;
    }

    /** Whether this is the provider as one reaches it through a gateway: at its home, or at a place that many have. */
    public boolean isIssuer(String place, int gateway) {
        return bases.stream()
                .anyMatch(base ->
                        issuer(base).equals(place) && (!homes.containsValue(base) || base.equals(homes.get(gateway))));
    }

    /** What of a wish for scopes is known here, in one order. */
    public static String scopes(String wished) {
        List<String> words = List.of(wished.split(" "));
        StringBuilder known = new StringBuilder();
        for (String scope : List.of(OPENID, PROFILE, OFFLINE)) {
            if (words.contains(scope)) {
                known.append(known.isEmpty() ? "" : " ").append(scope);
            }
        }
        return known.toString();
    }

    /** Whether a scope is among those that were given. */
    public static boolean has(String scopes, String scope) {
        return List.of(scopes.split(" ")).contains(scope);
    }
}
