package org.maftia.services.authority;

import java.util.List;
import org.maftia.core.wire.Digest;
import org.maftia.services.authority.pki.Identifier;

/**
 * What the configuration of the group says about its authority; the same at all replicas.
 *
 * @param group names the group in what officers sign
 * @param bases where gateways are, such as {@code https://ca.example.org}: requests are signed for a place below one of them
 * @param plainBases where revocation lists are, such as {@code http://ca.example.org}: fixed in every certificate
 * @param officers Ed25519 keys of those who give credentials and revoke
 * @param credentialsRequired whether an account needs a credential of an officer
 * @param permitted the host names under which names may be certified; empty: under all
 * @param excluded the host names under which none is certified
 * @param ordersPerHour of one account
 * @param lifeDays of a certificate of the usual profile
 * @param hostile whether to try clients as hard as the standard allows: for tests of clients
 */
public record AuthorityPolicy(
        Digest group,
        List<String> bases,
        List<String> plainBases,
        List<byte[]> officers,
        boolean credentialsRequired,
        List<String> permitted,
        List<String> excluded,
        int ordersPerHour,
        int lifeDays,
        boolean hostile) {
    public AuthorityPolicy {
        bases = List.copyOf(bases);
        plainBases = List.copyOf(plainBases);
        officers = List.copyOf(officers);
        permitted = List.copyOf(permitted);
        excluded = List.copyOf(excluded);
    }

    /** Whether a name may be certified at all. */
    boolean permits(Identifier identifier) {
        if (identifier.kind() == Identifier.Kind.IP) {
            return permitted.isEmpty();
        }
        String name = identifier.plain().value();
        return (permitted.isEmpty() || permitted.stream().anyMatch(suffix -> isBelow(name, suffix)))
                && excluded.stream().noneMatch(suffix -> isBelow(name, suffix));
    }

    private static boolean isBelow(String name, String suffix) {
        return name.equals(suffix) || name.endsWith("." + suffix);
    }
}
