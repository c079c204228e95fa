package org.maftia.services.authority;

import java.util.Arrays;
import java.util.Base64;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.maftia.services.authority.acme.Document;
import org.maftia.services.authority.pki.CertificateForm;
import org.maftia.services.authority.pki.Instants;

/** When to renew, told to whoever asks (RFC 9773). */
record Renewals(CertificateForm form, Ledger ledger) {
    /**
     * The certificate that a name of the form {@code AKI.serial} means; null where there is none.
     *
     * @param name both parts in base64url
     */
    @Nullable
    Issued certificate(String name) {
        int dot = name.indexOf('.');
        Optional<byte[]> authority = dot < 0 ? Optional.empty() : bytes(name.substring(0, dot));
        Optional<byte[]> serial = dot < 0 ? Optional.empty() : bytes(name.substring(dot + 1));
        if (authority.isEmpty() || serial.isEmpty() || !Arrays.equals(authority.get(), form.keyName())) {
            return null;
        }
        return ledger.of(serial.get());
    }

    private static Optional<byte[]> bytes(String text) {
        try {
            byte[] bytes = Base64.getUrlDecoder().decode(text);
            boolean canonical = Base64.getUrlEncoder()
                    .withoutPadding()
                    .encodeToString(bytes)
                    .equals(text);
            return canonical ? Optional.of(bytes) : Optional.empty();
        } catch (IllegalArgumentException e) {
            return Optional.empty(); // a stranger's text, of which nothing is the matter but that it names nothing
        }
    }

    /** The name of a certificate. */
    String name(Issued one) {
        Base64.Encoder base64 = Base64.getUrlEncoder().withoutPadding();
        return base64.encodeToString(form.keyName()) + "." + base64.encodeToString(one.serial);
    }

    /** When to renew: in the first half of the last third of its life; of one that is revoked: at once. */
    Document window(Issued one) {
        long life = one.toSeconds - one.fromSeconds;
        long start = one.isRevoked() ? one.fromSeconds : one.fromSeconds + 2 * life / 3;
        long end = one.isRevoked() ? one.fromSeconds + 1 : one.fromSeconds + 5 * life / 6;
        return new Document()
                .put(
                        "suggestedWindow",
                        new Document().put("start", Instants.text(start)).put("end", Instants.text(end)));
    }
}
