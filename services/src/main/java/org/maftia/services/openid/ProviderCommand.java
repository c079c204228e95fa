package org.maftia.services.openid;

import org.maftia.core.crypto.ObliviousFunction;
import org.maftia.core.wire.Codec;
import org.maftia.core.wire.Digest;
import org.maftia.core.wire.MalformedException;
import org.maftia.core.wire.Reader;
import org.maftia.core.wire.Writer;
import org.maftia.services.openid.webauthn.PasskeyCheck;

/** A command of the {@link Provider}, inside of a {@link ProvedCommand}. Secrets are named by their public halves. */
public sealed interface ProviderCommand {
    /** Of the name of a person or a client. */
    int NAME_LENGTH_MAX = 64;

    /** Of an address. */
    int PLACE_LENGTH_MAX = 1_024;

    int SCOPE_LENGTH_MAX = 256;
    int NONCE_LENGTH_MAX = 512;

    /** RFC 7636, section 4.1. */
    int VERIFIER_LENGTH_MAX = 128;

    /** Half of a SHA-256 (OpenID Connect Core, section 3.1.3.6). */
    int ACCESS_HASH_LENGTH = 16;

    /**
     * Asks for a challenge.
     *
     * @param attempt a secret of the browser, which alone may finish
     * @param registers whether a passkey is to be made, or one is to be used
     * @param name of the person who registers; empty for who signs in: his passkey names him
     */
    record Begin(Digest attempt, boolean registers, String name) implements ProviderCommand {}

    /**
     * A passkey was made. Proved by the attempt, and by what allows it.
     *
     * @param by an invitation, or a session of the person; zero where anybody may
     * @param session what the browser will hold
     */
    record Register(long attempt, byte[] clientData, byte[] attestation, Digest by, Digest session)
            implements ProviderCommand {}

    /** A passkey signed. Proved by the attempt. */
    record Assert(
            long attempt,
            byte[] credential,
            byte[] clientData,
            byte[] authenticatorData,
            byte[] signature,
            Digest session)
            implements ProviderCommand {}

    /**
     * A client may have a code. Proved by the session.
     *
     * @param base where the provider was reached
     * @param challenge SHA-256 of the client's secret (RFC 7636)
     * @param key to which its tokens are to be bound, by its thumbprint (RFC 9449, section 10); zero where the client names none
     */
    record Authorize(
            Digest session,
            String base,
            String client,
            String redirect,
            String scope,
            String nonce,
            Digest challenge,
            Digest key,
            Digest code)
            implements ProviderCommand {}

    /**
     * A client brings a code. Proved by the code, and by what makes the client known.
     *
     * @param verifier of PKCE
     * @param refresh a new secret, for a refresh token if one is due
     */
    record Redeem(Digest code, Caller caller, String redirect, String verifier, Digest refresh)
            implements ProviderCommand {}

    /**
     * A client brings a refresh token. Proved by it, and by what makes the client known.
     *
     * @param next takes its place
     */
    record Refresh(long grant, Digest refresh, Caller caller, Digest next) implements ProviderCommand {}

    /**
     * The identity token that belongs to an access token which the same gateway has.
     *
     * @param accessHash the first half of that one's SHA-256
     */
    record Identify(long issue, byte[] accessHash) implements ProviderCommand {}

    /** Ends a grant. Proved by its refresh token, and by what makes the client known. */
    record Revoke(long grant, Digest refresh, Caller caller) implements ProviderCommand {}

    /** Ends a session. Proved by it. */
    record Leave(Digest session) implements ProviderCommand {}

    /** Asks for what proofs of possession must name. */
    record Nonce() implements ProviderCommand {}

    /**
     * A client says who it is, for what needs no order. Proved by what makes it known.
     *
     * @param purpose names the request: for another one the client signs anew
     */
    record Present(Caller caller, Digest purpose) implements ProviderCommand {}

    /**
     * A person leaves for good, or a passkey of his. Proved by a session that is new.
     *
     * @param passkey its id; empty for the person and all that he has
     */
    record Remove(Digest session, byte[] passkey) implements ProviderCommand {}

    /**
     * An officer has a person removed.
     *
     * @param order an encoded {@link RemovalOrder}
     */
    record Official(byte[] order, byte[] signature) implements ProviderCommand {}

    /**
     * Has a password evaluated.
     *
     * @param attempt a secret of the browser, which alone may finish
     * @param name of the person whose password it is, or shall be
     * @param blinded the password, as {@link org.maftia.core.crypto.BlindedInput} hides it
     */
    record Evaluate(Digest attempt, String name, byte[] blinded) implements ProviderCommand {}

    /**
     * Signs in by a password. Proved by the attempt.
     *
     * @param signature by the {@link PasswordKey}, of {@link PasswordKey#signingIn}
     */
    record Prove(long attempt, byte[] signature, Digest session) implements ProviderCommand {}

    /**
     * Sets a password, for who has just signed in or is new. Proved by the attempt, and by what allows it.
     *
     * @param verifier the public half of the {@link PasswordKey}
     * @param signature by it, of {@link PasswordKey#setting}
     * @param by an invitation, or a session of the person; zero where anybody may
     * @param session what the browser will hold
     */
    record SetPassword(long attempt, Digest verifier, byte[] signature, Digest by, Digest session)
            implements ProviderCommand {}

    Codec<ProviderCommand> CODEC = new Codec<>() {
        @Override
        public void write(Writer writer, ProviderCommand value) {
            switch (value) {
                case Begin it ->
                    writer.u8(1).digest(it.attempt).bool(it.registers).string(it.name);
                case Register it ->
                    writer.u8(2)
                            .u64(it.attempt)
                            .opaque16(it.clientData)
                            .opaque16(it.attestation)
                            .digest(it.by)
                            .digest(it.session);
                case Assert it ->
                    writer.u8(3)
                            .u64(it.attempt)
                            .opaque16(it.credential)
                            .opaque16(it.clientData)
                            .opaque16(it.authenticatorData)
                            .opaque16(it.signature)
                            .digest(it.session);
                case Authorize it -> authorize(writer.u8(4), it);
                case Redeem it -> {
                    Caller.write(writer.u8(5).digest(it.code), it.caller);
                    writer.string(it.redirect).string(it.verifier).digest(it.refresh);
                }
                case Refresh it -> {
                    Caller.write(writer.u8(6).u64(it.grant).digest(it.refresh), it.caller);
                    writer.digest(it.next);
                }
                case Identify it -> writer.u8(7).u64(it.issue).fixed(it.accessHash);
                case Revoke it -> Caller.write(writer.u8(8).u64(it.grant).digest(it.refresh), it.caller);
                case Leave it -> writer.u8(9).digest(it.session);
                case Nonce it -> writer.u8(10);
                case Present it -> {
                    Caller.write(writer.u8(11), it.caller);
                    writer.digest(it.purpose);
                }
                case Remove it -> writer.u8(12).digest(it.session).opaque16(it.passkey);
                case Official it -> writer.u8(13).opaque16(it.order).fixed(it.signature);
                case Evaluate it ->
                    writer.u8(20).digest(it.attempt).string(it.name).fixed(it.blinded);
                case Prove it ->
                    writer.u8(21).u64(it.attempt).fixed(it.signature).digest(it.session);
                case SetPassword it ->
                    writer.u8(22)
                            .u64(it.attempt)
                            .digest(it.verifier)
                            .fixed(it.signature)
                            .digest(it.by)
                            .digest(it.session);
            }
        }

        private void authorize(Writer writer, Authorize it) {
            writer.digest(it.session).string(it.base).string(it.client).string(it.redirect);
            writer.string(it.scope).string(it.nonce).digest(it.challenge);
            writer.digest(it.key).digest(it.code);
        }

        @Override
        public ProviderCommand read(Reader reader) {
            return switch (reader.u8()) {
                case 1 -> new Begin(reader.digest(), reader.bool(), reader.string(NAME_LENGTH_MAX));
                case 2 ->
                    new Register(
                            reader.count(),
                            reader.opaque16(PasskeyCheck.CLIENT_DATA_LENGTH_MAX),
                            reader.opaque16(PasskeyCheck.ATTESTATION_LENGTH_MAX),
                            reader.digest(),
                            reader.digest());
                case 3 ->
                    new Assert(
                            reader.count(),
                            reader.opaque16(PasskeyCheck.ID_LENGTH_MAX),
                            reader.opaque16(PasskeyCheck.CLIENT_DATA_LENGTH_MAX),
                            reader.opaque16(PasskeyCheck.AUTHENTICATOR_DATA_LENGTH_MAX),
                            reader.opaque16(PasskeyCheck.SIGNATURE_LENGTH_MAX),
                            reader.digest());
                case 4 -> authorize(reader);
                case 5 ->
                    new Redeem(
                            reader.digest(),
                            Caller.read(reader),
                            reader.string(PLACE_LENGTH_MAX),
                            reader.string(VERIFIER_LENGTH_MAX),
                            reader.digest());
                case 6 -> new Refresh(reader.count(), reader.digest(), Caller.read(reader), reader.digest());
                case 7 -> new Identify(reader.count(), reader.fixed(ACCESS_HASH_LENGTH));
                case 8 -> new Revoke(reader.count(), reader.digest(), Caller.read(reader));
                case 9 -> new Leave(reader.digest());
                case 10 -> new Nonce();
                case 11 -> new Present(Caller.read(reader), reader.digest());
                case 12 -> new Remove(reader.digest(), reader.opaque16(PasskeyCheck.ID_LENGTH_MAX));
                case 13 ->
                    new Official(reader.opaque16(RemovalOrder.LENGTH_MAX), reader.fixed(BearerSecret.SIGNATURE_LENGTH));
                case 20 ->
                    new Evaluate(
                            reader.digest(),
                            reader.string(NAME_LENGTH_MAX),
                            reader.fixed(ObliviousFunction.ELEMENT_LENGTH));
                case 21 -> new Prove(reader.count(), reader.fixed(BearerSecret.SIGNATURE_LENGTH), reader.digest());
                case 22 ->
                    new SetPassword(
                            reader.count(),
                            reader.digest(),
                            reader.fixed(BearerSecret.SIGNATURE_LENGTH),
                            reader.digest(),
                            reader.digest());
                default -> throw new MalformedException("no command of a provider");
            };
        }

        private Authorize authorize(Reader reader) {
            return new Authorize(
                    reader.digest(),
                    reader.string(PLACE_LENGTH_MAX),
                    reader.string(NAME_LENGTH_MAX),
                    reader.string(PLACE_LENGTH_MAX),
                    reader.string(SCOPE_LENGTH_MAX),
                    reader.string(NONCE_LENGTH_MAX),
                    reader.digest(),
                    reader.digest(),
                    reader.digest());
        }
    };
}
