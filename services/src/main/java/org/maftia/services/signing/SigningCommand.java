package org.maftia.services.signing;

import org.maftia.core.crypto.RsaHash;
import org.maftia.core.crypto.Transcript;
import org.maftia.core.wire.Codec;
import org.maftia.core.wire.Digest;
import org.maftia.core.wire.MalformedException;
import org.maftia.core.wire.Reader;
import org.maftia.core.wire.Writer;

/**
 * A command of {@link Signing}: sign one digest.
 *
 * @param request what is to be done
 * @param proof the caller's signature of {@link #statement}, {@link CallerKey#PROOF_LENGTH} bytes
 */
public record SigningCommand(Request request, byte[] proof) {
    /** Of a key's name. */
    public static final int NAME_LENGTH_MAX = 32;

    /**
     * What is asked for.
     *
     * @param key its name
     * @param pss the padding that the caller expects; else PKCS #1 v1.5
     * @param digest of {@link RsaHash#length} bytes
     * @param caller its public key, {@link CallerKey#PUBLIC_LENGTH} bytes
     * @param gateway the number of the one gateway that may bring the command
     * @param timeMicros when the caller asked, in microseconds since 1970, by its clock
     */
    public record Request(
            String key, boolean pss, RsaHash hash, byte[] digest, byte[] caller, int gateway, long timeMicros) {}

    /** Signs a request as its caller. */
    public static SigningCommand proved(Request request, Digest publicKey, CallerKey caller) {
        return new SigningCommand(request, caller.prove(statement(request, publicKey)));
    }

    /**
     * What a caller signs: with the key's modulus in it, it is of use for this key of this group alone, and for none that the group
     * gets under the same name later.
     *
     * @param publicKey {@link SigningPolicy#publicKey} of the key
     */
    public static Digest statement(Request request, Digest publicKey) {
        return Transcript.of("signing/command")
                .field(publicKey)
                .field(request.key)
                .field(request.pss ? 1 : 0)
                .field(request.hash.code())
                .field(request.digest)
                .field(request.caller)
                .field(request.gateway)
                .field(request.timeMicros)
                .digest();
    }

    public static final Codec<SigningCommand> CODEC = new Codec<>() {
        @Override
        public void write(Writer writer, SigningCommand value) {
            Request request = value.request;
            writer.string(request.key).bool(request.pss).u8(request.hash.code());
            writer.opaque8(request.digest).fixed(request.caller).u8(request.gateway);
            writer.u64(request.timeMicros).fixed(value.proof);
        }

        @Override
        public SigningCommand read(Reader reader) {
            String key = reader.string(NAME_LENGTH_MAX);
            boolean pss = reader.bool();
            RsaHash hash = RsaHash.of(reader.u8()).orElseThrow(() -> new MalformedException("no hash"));
            byte[] digest = reader.opaque8(RsaHash.LENGTH_MAX);
            if (digest.length != hash.length()) {
                throw new MalformedException("a digest is as long as its hash has it");
            }
            Request request = new Request(
                    key, pss, hash, digest, reader.fixed(CallerKey.PUBLIC_LENGTH), reader.u8(), reader.count());
            return new SigningCommand(request, reader.fixed(CallerKey.PROOF_LENGTH));
        }
    };
}
