package org.maftia.services.openid;

import java.util.List;
import org.maftia.core.wire.Codec;
import org.maftia.core.wire.Digest;
import org.maftia.core.wire.MalformedException;
import org.maftia.core.wire.Reader;
import org.maftia.core.wire.Writer;
import org.maftia.services.openid.webauthn.PasskeyCheck;

/** What one replica knows. */
public sealed interface ProviderFact {
    record Nothing() implements ProviderFact {}

    /**
     * Somebody is signed in.
     *
     * @param sinceSeconds when, in agreed time
     * @param dueMicros until when
     */
    record Present(String name, long sinceSeconds, long dueMicros) implements ProviderFact {}

    /**
     * A grant.
     *
     * @param name of the person
     * @param dueMicros until when
     */
    record Granted(String name, byte[] subject, String client, String scope, String issuer, long dueMicros)
            implements ProviderFact {}

    /**
     * What proofs of possession may name: the one that is given out, and the one before; zero where there was none.
     *
     * @param sinceMicros when it was drawn, in agreed time
     */
    record Nonce(Digest present, long sinceMicros, Digest former, long formerSinceMicros) implements ProviderFact {
        /** Whether it is to be given out still. */
        public boolean isFresh(long nowMicros) {
            return !present.equals(Digest.ZERO) && nowMicros < sinceMicros + Nonces.FRESH_MICROS;
        }
    }

    /**
     * Whose session it is.
     *
     * @param passkeys by which the person signs in
     */
    record Account(String name, List<byte[]> passkeys) implements ProviderFact {
        public Account {
            passkeys = List.copyOf(passkeys);
        }
    }

    Codec<ProviderFact> CODEC = new Codec<>() {
        @Override
        public void write(Writer writer, ProviderFact value) {
            switch (value) {
                case Nothing nothing -> writer.u8(1);
                case Present it ->
                    writer.u8(2).string(it.name).u64(it.sinceSeconds).u64(it.dueMicros);
                case Granted it -> {
                    writer.u8(3).string(it.name).fixed(it.subject).string(it.client);
                    writer.string(it.scope).string(it.issuer).u64(it.dueMicros);
                }
                case Nonce it -> {
                    writer.u8(4).digest(it.present).u64(it.sinceMicros);
                    writer.digest(it.former).u64(it.formerSinceMicros);
                }
                case Account it -> writer.u8(5).string(it.name).list(it.passkeys, Writer::opaque16);
            }
        }

        @Override
        public ProviderFact read(Reader reader) {
            return switch (reader.u8()) {
                case 1 -> new Nothing();
                case 2 -> new Present(reader.string(ProviderCommand.NAME_LENGTH_MAX), reader.count(), reader.count());
                case 3 ->
                    new Granted(
                            reader.string(ProviderCommand.NAME_LENGTH_MAX),
                            reader.fixed(Person.SUBJECT_LENGTH),
                            reader.string(ProviderCommand.NAME_LENGTH_MAX),
                            reader.string(ProviderCommand.SCOPE_LENGTH_MAX),
                            reader.string(ProviderCommand.PLACE_LENGTH_MAX + ProviderPolicy.PATH.length()),
                            reader.count());
                case 4 -> new Nonce(reader.digest(), reader.count(), reader.digest(), reader.count());
                case 5 ->
                    new Account(
                            reader.string(ProviderCommand.NAME_LENGTH_MAX),
                            reader.list(Person.PASSKEYS_MAX, 2, in -> in.opaque16(PasskeyCheck.ID_LENGTH_MAX)));
                default -> throw new MalformedException("nothing that a provider knows");
            };
        }
    };
}
