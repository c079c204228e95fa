package org.maftia.services.openid.webauthn;

import org.maftia.core.crypto.Transcript;
import org.maftia.core.wire.MalformedException;
import org.maftia.core.wire.Writer;
import org.maftia.services.jose.StrictJson;

/** Judges what browsers bring of passkeys. Whatever is not as it must be is a {@link MalformedException} with a sentence. */
public final class PasskeyCheck {
    /** Of what a browser says that it was asked for. */
    public static final int CLIENT_DATA_LENGTH_MAX = 2 << 10;

    /** Of what comes of a registration. */
    public static final int ATTESTATION_LENGTH_MAX = 6 << 10;

    public static final int AUTHENTICATOR_DATA_LENGTH_MAX = AuthenticatorData.LENGTH_MAX;
    public static final int ID_LENGTH_MAX = AuthenticatorData.ID_LENGTH_MAX;
    public static final int KEY_LENGTH_MAX = AuthenticatorData.KEY_LENGTH_MAX;

    /** Of RSA with 4096 bits. */
    public static final int SIGNATURE_LENGTH_MAX = 512;

    private PasskeyCheck() {}

    /** Judges a registration (section 7.1). */
    public static NewCredential registered(byte[] clientData, byte[] attestation, Expected expected) {
        requireAsked(clientData, "webauthn.create", expected);
        if (attestation.length > ATTESTATION_LENGTH_MAX) {
            throw new MalformedException("the attestation is too long");
        }
        Cbor.Entries object = Cbor.map(attestation);
        boolean none = object.find(new Cbor.Text("fmt"))
                        .filter(new Cbor.Text("none")::equals)
                        .isPresent()
                && object.find(new Cbor.Text("attStmt"))
                        .filter(statement -> statement instanceof Cbor.Entries entries
                                && entries.value().isEmpty())
                        .isPresent();
        if (!none) {
            throw new MalformedException("the attestation is one that nobody asked for");
        }
        byte[] data = object.bytes(new Cbor.Text("authData"), "the attestation lacks what the authenticator says");
        return AuthenticatorData.of(data, expected.place())
                .made()
                .orElseThrow(() -> new MalformedException("no passkey was made"));
    }

    /**
     * Judges a signature by a passkey (section 7.2).
     *
     * @param key of the passkey
     * @return the counter of its signatures
     */
    public static long asserted(
            byte[] clientData, byte[] authenticatorData, byte[] signature, byte[] key, Expected expected) {
        requireAsked(clientData, "webauthn.get", expected);
        AuthenticatorData data = AuthenticatorData.of(authenticatorData, expected.place());
        byte[] signed = new Writer()
                .fixed(authenticatorData)
                .digest(Transcript.sha256(clientData))
                .toBytes();
        if (!PasskeyKey.verifies(PasskeyKey.of(key), signed, signature)) {
            throw new MalformedException("the signature is not one of this passkey");
        }
        return data.counter();
    }

    /** Section 5.8.1; members that nobody here knows are allowed there. */
    private static void requireAsked(byte[] clientData, String type, Expected expected) {
        if (clientData.length > CLIENT_DATA_LENGTH_MAX) {
            throw new MalformedException("the client data are too long");
        }
        StrictJson json = StrictJson.object(clientData, "the client data");
        if (!json.text("type").equals(type)) {
            throw new MalformedException("the client data are for something else");
        }
        if (!json.text("challenge")
                .equals(StrictJson.base64(expected.challenge().toBytes()))) {
            throw new MalformedException("the challenge is another one");
        }
        if (!expected.origins().contains(json.text("origin"))) {
            throw new MalformedException("the page is one of another origin");
        }
        if (json.isTrue("crossOrigin") || json.has("topOrigin")) {
            throw new MalformedException("the page was framed by another one");
        }
    }
}
