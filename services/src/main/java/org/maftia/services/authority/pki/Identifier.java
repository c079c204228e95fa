package org.maftia.services.authority.pki;

import java.util.Comparator;
import org.bouncycastle.asn1.x509.GeneralName;
import org.maftia.core.wire.Codec;
import org.maftia.core.wire.MalformedException;
import org.maftia.core.wire.Reader;
import org.maftia.core.wire.Writer;
import org.maftia.services.x509.Address;

/**
 * A name that a certificate may state, in its one canonical form: a host name in lower-case ASCII, perhaps with a wildcard as
 * its first label (RFC 8555, section 7.1.3), or an address (RFC 8738).
 *
 * @param value the name or address as text
 */
public record Identifier(Kind kind, String value) implements Comparable<Identifier> {
    /** Of a host name (RFC 1035, section 2.3.4), wildcard included. */
    public static final int LENGTH_MAX = 253;

    private static final int LABEL_LENGTH_MAX = 63;
    private static final String WILDCARD = "*.";

    public static final Codec<Identifier> CODEC = new Codec<>() {
        @Override
        public void write(Writer writer, Identifier value) {
            writer.bool(value.kind == Kind.IP).string(value.value);
        }

        @Override
        public Identifier read(Reader reader) {
            Kind kind = reader.bool() ? Kind.IP : Kind.DNS;
            return of(kind, reader.string(LENGTH_MAX));
        }
    };

    /** What the name is of. */
    public enum Kind {
        DNS("dns"),
        IP("ip");

        private final String word;

        Kind(String word) {
            this.word = word;
        }

        /** In JSON. */
        public String word() {
            return word;
        }
    }

    /**
     * Checks and brings into the canonical form.
     *
     * @throws MalformedException when it is no such name; the sentence says why
     */
    public static Identifier of(Kind kind, String text) {
        return new Identifier(kind, kind == Kind.DNS ? hostName(text) : Address.canonical(text));
    }

    private static String hostName(String text) {
        if (text.isEmpty() || text.length() > LENGTH_MAX) {
            throw new MalformedException("a host name has 1 to " + LENGTH_MAX + " characters");
        }
        String name = lowerCase(text);
        String plain = name.startsWith(WILDCARD) ? name.substring(WILDCARD.length()) : name;
        String[] labels = plain.split("\\.", -1);
        if (labels.length < 2) {
            throw new MalformedException("a host name has two labels or more");
        }
        for (String label : labels) {
            boolean sound = !label.isEmpty()
                    && label.length() <= LABEL_LENGTH_MAX
                    && label.matches("[a-z0-9]([a-z0-9-]*[a-z0-9])?");
            // Hyphens there are reserved (RFC 5890, section 2.3.1): only the prefix of international names is in use.
            boolean reserved = label.length() >= 4 && label.startsWith("--", 2) && !label.startsWith("xn--");
            if (!sound || reserved) {
                throw new MalformedException("a label of a host name is letters, digits and inner hyphens");
            }
        }
        if (labels[labels.length - 1].matches("[0-9]+")) {
            throw new MalformedException("the last label of a host name is no number");
        }
        return name;
    }

    private static String lowerCase(String text) {
        StringBuilder lower = new StringBuilder(text.length());
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            lower.append(c >= 'A' && c <= 'Z' ? (char) (c + 32) : c);
        }
        return lower.toString();
    }

    public boolean isWildcard() {
        return value.startsWith(WILDCARD);
    }

    /** What is validated: of a wildcard the name below it. */
    public Identifier plain() {
        return isWildcard() ? new Identifier(kind, value.substring(WILDCARD.length())) : this;
    }

    GeneralName general() {
        return new GeneralName(kind == Kind.DNS ? GeneralName.dNSName : GeneralName.iPAddress, value);
    }

    @Override
    public int compareTo(Identifier other) {
        return Comparator.comparing(Identifier::kind)
                .thenComparing(Identifier::value)
                .compare(this, other);
    }
}
