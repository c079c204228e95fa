package org.maftia.services.x509;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;
import org.bouncycastle.asn1.ASN1OctetString;
import org.bouncycastle.asn1.ASN1String;
import org.bouncycastle.asn1.x500.RDN;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x500.style.IETFUtils;
import org.bouncycastle.asn1.x500.style.RFC4519Style;
import org.bouncycastle.asn1.x509.GeneralName;
import org.maftia.core.wire.MalformedException;

/**
 * The one name by which somebody is known who shows certificates: a certificate has it or has it not, and nothing in it stands
 * for several names.
 *
 * @param value as its {@link Kind} writes it
 */
public record CertifiedName(Kind kind, String value) {
    /** Of a name. */
    public static final int LENGTH_MAX = 512;

    private static final Pattern HOST = Pattern.compile("[a-z0-9_]([a-z0-9_.-]{0,251}[a-z0-9])?");
    private static final Pattern PLACE = Pattern.compile("[a-z][a-z0-9+.-]{0,63}:[!-~]{1,440}");
    private static final Pattern MAILBOX = Pattern.compile("[!-?A-~]{1,64}@" + HOST.pattern());

    /** Where in a certificate the name stands (RFC 8705, section 2.1.2). */
    public enum Kind {
        /** The distinguished name of the subject, as RFC 4514 writes it. */
        SUBJECT("tls_client_auth_subject_dn"),

        /** A host name, without wildcards: small letters. */
        DNS("tls_client_auth_san_dns"),

        /** Compared as it is, character by character. */
        URI("tls_client_auth_san_uri"),

        /** An address of version 4 or 6. */
        IP("tls_client_auth_san_ip"),

        /** Of its host small and capital letters are the same. */
        EMAIL("tls_client_auth_san_email");

        private final String word;

        Kind(String word) {
            this.word = word;
        }

        /** The standard's name for it. */
        public String word() {
            return word;
        }
    }

    /** @throws MalformedException when no certificate could have it */
    public CertifiedName {
        if (value.length() > LENGTH_MAX) {
            throw new MalformedException("a name has " + LENGTH_MAX + " characters at most");
        }
        switch (kind) {
            case SUBJECT -> subject(value);
            case DNS -> require(HOST.matcher(value).matches(), "a host name in small letters, without a wildcard");
            case URI -> require(PLACE.matcher(value).matches(), "an address with a scheme, in plain letters");
            case IP -> value = Address.canonical(value);
            case EMAIL -> require(MAILBOX.matcher(value).matches(), "a mail address whose host has small letters");
        }
    }

    private static void require(boolean fits, String what) {
        if (!fits) {
            throw new MalformedException("the name must be " + what);
        }
    }

    private static X500Name subject(String text) {
        X500Name name = Der.read(
                "the name must be a distinguished name, such as CN=shop,O=Example",
                () -> new X500Name(RFC4519Style.INSTANCE, text));
        require(name.size() > 0, "a distinguished name that says something");
        return name;
    }

    /** Whether the first certificate of the chain has this name. Whether the chain is good is another question. */
    public boolean isIn(CertificateChain chain) {
        try {
            return Der.read("names that are none", () -> has(chain));
        } catch (MalformedException e) {
            return false;
        }
    }

    private boolean has(CertificateChain chain) {
        if (kind == Kind.SUBJECT) {
            return areEqual(subject(value), chain.subject());
        }
        for (GeneralName name : chain.alternatives()) {
            if (isThis(name)) {
                return true;
            }
        }
        return false;
    }

    private boolean isThis(GeneralName name) {
        return switch (name.getTagNo()) {
            case GeneralName.dNSName ->
                kind == Kind.DNS && text(name).toLowerCase(Locale.ROOT).equals(value);
            case GeneralName.uniformResourceIdentifier ->
                kind == Kind.URI && text(name).equals(value);
            case GeneralName.iPAddress ->
                kind == Kind.IP
                        && Arrays.equals(
                                ASN1OctetString.getInstance(name.getName()).getOctets(), Address.bytes(value));
            case GeneralName.rfc822Name ->
                kind == Kind.EMAIL && mailbox(text(name)).equals(Optional.of(value));
            default -> false;
        };
    }

    private static String text(GeneralName name) {
        return ((ASN1String) name.getName()).getString();
    }

    /** RFC 5280, section 7.5. */
    private static Optional<String> mailbox(String text) {
        int at = text.lastIndexOf('@');
        return at < 0
                ? Optional.empty()
                : Optional.of(text.substring(0, at) + text.substring(at).toLowerCase(Locale.ROOT));
    }

    /** Part by part and in their order (X.501, distinguishedNameMatch); the library itself would take any order. */
    private static boolean areEqual(X500Name one, X500Name other) {
        RDN[] parts = one.getRDNs();
        RDN[] others = other.getRDNs();
        if (parts.length != others.length) {
            return false;
        }
        for (int i = 0; i < parts.length; i++) {
            if (!IETFUtils.rDNAreEqual(parts[i], others[i])) {
                return false;
            }
        }
        return true;
    }
}
