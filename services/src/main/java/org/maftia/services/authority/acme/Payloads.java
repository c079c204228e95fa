package org.maftia.services.authority.acme;

import java.util.Optional;

/** The small bodies of requests. */
public final class Payloads {
    private Payloads() {}

    /** PKCS #10 in DER, from the body that finalizes an order (RFC 8555, section 7.4). */
    public static byte[] request(byte[] payload) {
        return Json.object(payload, "the body").bytes("csr");
    }

    /**
     * What to revoke (RFC 8555, section 7.6).
     *
     * @param certificate in DER
     * @param reason as RFC 5280 numbers it; empty: none given
     */
    public record Revocation(byte[] certificate, Optional<Integer> reason) {}

    public static Revocation revocation(byte[] payload) {
        Json json = Json.object(payload, "the body");
        return new Revocation(json.bytes("certificate"), json.number("reason"));
    }

    /** Demands the body by which a client wants a challenge looked at, {@code {}} (RFC 8555, section 7.5.1). */
    public static void requireEmptyObject(byte[] payload) {
        Json.object(payload, "the body");
    }

    /** Demands the one change that can be made to an authorization (RFC 8555, section 7.5.2). */
    public static void requireDeactivation(byte[] payload) {
        if (!Json.object(payload, "the body").requiredText("status").equals("deactivated")) {
            throw Json.malformed("an authorization can be set to \"deactivated\" only");
        }
    }
}
