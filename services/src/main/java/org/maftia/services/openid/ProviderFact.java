package org.maftia.services.openid;

import org.maftia.core.wire.Codec;
import org.maftia.core.wire.MalformedException;
import org.maftia.core.wire.Reader;
import org.maftia.core.wire.Writer;

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
                default -> throw new MalformedException("nothing that a provider knows");
            };
        }
    };
}
