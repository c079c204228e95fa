package org.maftia.server.ceremony;

import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.bouncycastle.asn1.DEROctetString;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralSubtree;
import org.bouncycastle.asn1.x509.NameConstraints;
import org.maftia.server.configuration.AuthoritySettings;

/**
 * The names that the group's authority may certify, as its own certificate says to everybody (RFC 5280, section 4.2.1.10): whoever
 * trusts the group's root trusts it for these names, even were the whole group corrupted.
 *
 * @param permitted host names under which names may be certified; empty: under all, and addresses
 * @param excluded host names under which none is
 */
public record AuthorityNames(List<String> permitted, List<String> excluded) {
    public static final AuthorityNames ANY = new AuthorityNames(List.of(), List.of());

    /** Bytes of an address and its mask: of all zeros every address is below. */
    private static final List<Integer> ADDRESS_LENGTHS = List.of(8, 32);

    public AuthorityNames {
        permitted = List.copyOf(permitted);
        excluded = List.copyOf(excluded);
    }

    /** As the configuration has them. */
    public static AuthorityNames of(AuthoritySettings settings) {
        return new AuthorityNames(
                settings.agreed().permitted(), settings.agreed().excluded());
    }

    /** The extension; empty where all names may be certified. */
    Optional<NameConstraints> extension() {
        if (permitted.isEmpty() && excluded.isEmpty()) {
            return Optional.empty();
        }
        // A form of names of which no subtree is permitted is free: addresses must be excluded by name.
        List<Integer> addresses = permitted.isEmpty() ? List.of() : ADDRESS_LENGTHS;
        GeneralSubtree[] inside = permitted.stream().map(AuthorityNames::below).toArray(GeneralSubtree[]::new);
        GeneralSubtree[] outside = Stream.concat(
                        excluded.stream().map(AuthorityNames::below),
                        addresses.stream().map(AuthorityNames::all))
                .toArray(GeneralSubtree[]::new);
        return Optional.of(
                new NameConstraints(inside.length == 0 ? null : inside, outside.length == 0 ? null : outside));
    }

    private static GeneralSubtree below(String name) {
        return new GeneralSubtree(new GeneralName(GeneralName.dNSName, name));
    }

    private static GeneralSubtree all(int length) {
        return new GeneralSubtree(new GeneralName(GeneralName.iPAddress, new DEROctetString(new byte[length])));
    }
}
