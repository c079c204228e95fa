package org.maftia.services.openid;

import org.maftia.core.wire.Reader;
import org.maftia.core.wire.Writer;

/**
 * What all tokens of one sign-in have in common.
 *
 * @param name of the person
 * @param issuer under which the provider was reached
 * @param nonce of the client; empty where it gave none
 * @param sinceSeconds when the person signed in
 * @param byPassword how: by a password, or by a passkey
 */
record Terms(
        String name, String client, String issuer, String scope, String nonce, long sinceSeconds, boolean byPassword) {
    static void write(Writer writer, Terms it) {
        writer.string(it.name).string(it.client).string(it.issuer);
        writer.string(it.scope).string(it.nonce).u64(it.sinceSeconds).bool(it.byPassword);
    }

    static Terms read(Reader reader) {
        return new Terms(
                reader.string(ProviderCommand.NAME_LENGTH_MAX),
                reader.string(ProviderCommand.NAME_LENGTH_MAX),
                reader.string(ProviderCommand.PLACE_LENGTH_MAX + ProviderPolicy.PATH.length()),
                reader.string(ProviderCommand.SCOPE_LENGTH_MAX),
                reader.string(ProviderCommand.NONCE_LENGTH_MAX),
                reader.count(),
                reader.bool());
    }
}
