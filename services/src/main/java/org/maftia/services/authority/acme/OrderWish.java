package org.maftia.services.authority.acme;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import org.maftia.core.wire.MalformedException;
import org.maftia.services.authority.pki.Identifier;

/**
 * What a client wants certified (RFC 8555, section 7.4).
 *
 * @param identifiers sorted, each once
 * @param profile by which to issue; empty: the usual one
 * @param replaces the certificate that the new one follows, as RFC 9773, section 4.1, names it
 */
public record OrderWish(List<Identifier> identifiers, Optional<String> profile, Optional<String> replaces) {
    /** Names of one certificate. */
    public static final int NAMES_MAX = 100;

    /** Of the name of a certificate. */
    public static final int REPLACES_LENGTH_MAX = 128;

    public OrderWish {
        identifiers = List.copyOf(identifiers);
    }

    /** @throws Refusal when the bytes say no such thing, or a name can never be certified */
    public static OrderWish decode(byte[] payload) {
        Json json = Json.object(payload, "the order");
        if (json.has("notBefore") || json.has("notAfter")) {
            throw Json.malformed("when a certificate begins and ends is not for the client to say");
        }
        List<Json> listed = json.children("identifiers", NAMES_MAX);
        if (listed.isEmpty()) {
            throw Json.malformed("an order names something");
        }
        SortedSet<Identifier> identifiers = new TreeSet<>();
        List<Problem.Part> wrong = new ArrayList<>();
        for (Json one : listed) {
            add(one.requiredText("type"), one.requiredText("value"), identifiers, wrong);
        }
        if (wrong.size() == 1) {
            throw new Refusal(
                    wrong.getFirst().kind(),
                    wrong.getFirst().name() + ": " + wrong.getFirst().detail());
        }
        if (!wrong.isEmpty()) {
            throw new Refusal(new Problem(Problem.Kind.COMPOUND, "several names cannot be certified", wrong), 0);
        }
        Optional<String> replaces = json.text("replaces");
        if (replaces.isPresent() && replaces.get().length() > REPLACES_LENGTH_MAX) {
            throw Json.malformed("\"replaces\" names no certificate");
        }
        return new OrderWish(new ArrayList<>(identifiers), json.text("profile"), replaces);
    }

    private static void add(String type, String value, SortedSet<Identifier> identifiers, List<Problem.Part> wrong) {
        String shown = value.length() > Identifier.LENGTH_MAX ? value.substring(0, Identifier.LENGTH_MAX) : value;
        for (Identifier.Kind kind : Identifier.Kind.values()) {
            if (kind.word().equals(type)) {
                try {
                    identifiers.add(Identifier.of(kind, value));
                } catch (MalformedException e) {
                    wrong.add(new Problem.Part(
                            Problem.Kind.REJECTED_IDENTIFIER, type, ascii(shown), String.valueOf(e.getMessage())));
                }
                return;
            }
        }
        wrong.add(new Problem.Part(
                Problem.Kind.UNSUPPORTED_IDENTIFIER, "dns", ascii(shown), "names are of type dns or ip"));
    }

    /** Shows what a stranger wrote within the bounds of a problem document. */
    private static String ascii(String text) {
        return text.replaceAll("[^!-~]", "?");
    }
}
