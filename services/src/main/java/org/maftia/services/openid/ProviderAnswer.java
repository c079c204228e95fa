package org.maftia.services.openid;

import java.util.Locale;
import org.maftia.core.crypto.ObliviousFunction;
import org.maftia.core.wire.Codec;
import org.maftia.core.wire.Digest;
import org.maftia.core.wire.MalformedException;
import org.maftia.core.wire.Reader;
import org.maftia.core.wire.Writer;

/** What the {@link Provider} answers. */
public sealed interface ProviderAnswer {
    /** Of what is signed in a token. */
    int INPUT_LENGTH_MAX = 8 << 10;

    int SENTENCE_LENGTH_MAX = 512;

    /** Of an RSA key of 8192 bits. */
    int SIGNATURE_LENGTH_MAX = 1_024;

    /**
     * What is wrong, in the words of OAuth (RFC 6749, sections 4.1.2.1 and 5.2; OpenID Connect Core, section
     * 3.1.2.6; RFC 9449, sections 5 and 8).
     */
    enum Fault {
        INVALID_REQUEST,
        INVALID_CLIENT,
        INVALID_GRANT,
        UNAUTHORIZED_CLIENT,
        INVALID_SCOPE,
        ACCESS_DENIED,
        LOGIN_REQUIRED,
        INVALID_DPOP_PROOF,
        USE_DPOP_NONCE;

        public String word() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /**
     * What an authenticator is to sign.
     *
     * @param attempt names it
     * @param subject the person's handle, for who registers
     */
    record Challenge(long attempt, Digest challenge, byte[] subject) implements ProviderAnswer {}

    /** Somebody is signed in. */
    record SignedIn(String name) implements ProviderAnswer {}

    /** Done, and nothing is to be said. */
    record Done() implements ProviderAnswer {}

    /**
     * An access token, but for its signature, which comes to the gateway alone.
     *
     * @param issue names it, for who wants the identity token
     * @param input what is signed
     * @param identifies whether an identity token belongs to it
     * @param refreshes whether the refresh token that was named is good now
     */
    record Issued(long issue, long grant, String scope, String input, boolean identifies, boolean refreshes)
            implements ProviderAnswer {}

    /** An identity token, but for its signature, which comes to the gateway alone. */
    record Identified(String input) implements ProviderAnswer {}

    /**
     * What came of a password, for who unblinds it.
     *
     * @param attempt names it
     * @param signature by the group, of {@link PasswordKey#challenge}
     */
    record Evaluated(long attempt, byte[] element, byte[] signature) implements ProviderAnswer {}

    /** What proofs of possession must name. */
    record Nonce(Digest value) implements ProviderAnswer {}

    record Refused(Fault fault, String sentence) implements ProviderAnswer {}

    /** So much is under way, or was asked for by this person, that one must ask at another time. */
    record Busy(long seconds) implements ProviderAnswer {}

    Codec<ProviderAnswer> CODEC = new Codec<>() {
        @Override
        public void write(Writer writer, ProviderAnswer value) {
            switch (value) {
                case Challenge it ->
                    writer.u8(1).u64(it.attempt).digest(it.challenge).opaque8(it.subject);
                case SignedIn it -> writer.u8(2).string(it.name);
                case Done done -> writer.u8(3);
                case Issued it ->
                    writer.u8(4)
                            .u64(it.issue)
                            .u64(it.grant)
                            .string(it.scope)
                            .string(it.input)
                            .bool(it.identifies)
                            .bool(it.refreshes);
                case Identified it -> writer.u8(5).string(it.input);
                case Refused it -> writer.u8(6).u8(it.fault.ordinal()).string(it.sentence);
                case Busy it -> writer.u8(7).u64(it.seconds);
                case Evaluated it ->
                    writer.u8(20).u64(it.attempt).fixed(it.element).opaque16(it.signature);
                case Nonce it -> writer.u8(8).digest(it.value);
            }
        }

        @Override
        public ProviderAnswer read(Reader reader) {
            return switch (reader.u8()) {
                case 1 -> new Challenge(reader.count(), reader.digest(), reader.opaque8(Person.SUBJECT_LENGTH));
                case 2 -> new SignedIn(reader.string(ProviderCommand.NAME_LENGTH_MAX));
                case 3 -> new Done();
                case 4 ->
                    new Issued(
                            reader.count(),
                            reader.count(),
                            reader.string(ProviderCommand.SCOPE_LENGTH_MAX),
                            reader.string(INPUT_LENGTH_MAX),
                            reader.bool(),
                            reader.bool());
                case 5 -> new Identified(reader.string(INPUT_LENGTH_MAX));
                case 6 -> new Refused(fault(reader.u8()), reader.string(SENTENCE_LENGTH_MAX));
                case 7 -> new Busy(reader.count());
                case 20 ->
                    new Evaluated(
                            reader.count(),
                            reader.fixed(ObliviousFunction.ELEMENT_LENGTH),
                            reader.opaque16(SIGNATURE_LENGTH_MAX));
                case 8 -> new Nonce(reader.digest());
                default -> throw new MalformedException("no answer of a provider");
            };
        }

        private Fault fault(int ordinal) {
            Fault[] faults = Fault.values();
            if (ordinal >= faults.length) {
                throw new MalformedException("no fault of a request");
            }
            return faults[ordinal];
        }
    };
}
