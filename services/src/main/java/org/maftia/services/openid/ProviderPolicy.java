package org.maftia.services.openid;

import java.util.List;
import java.util.Optional;
import org.maftia.core.wire.Digest;

/**
 * What the group's configuration says of its provider.
 *
 * @param bases where it is reached, such as {@code https://login.example.org}; an issuer is one of them with {@link #PATH}
 * @param place the relying party's id of passkeys: the host of all bases, or a domain above them
 * @param open whether anybody may register; otherwise who was invited
 */
public record ProviderPolicy(
        List<String> bases, String place, boolean open, List<Client> clients, List<Invitation> invitations) {
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
    }

    /**
     * A relying party.
     *
     * @param redirects addresses to which codes may go, each as it is and not otherwise
     * @param secret the public half of the client's secret; empty where it can keep none, such as a program on a phone
     */
    public record Client(String id, List<String> redirects, Optional<Digest> secret) {
        public Client {
            redirects = List.copyOf(redirects);
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
