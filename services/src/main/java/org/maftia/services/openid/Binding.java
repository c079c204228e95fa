package org.maftia.services.openid;

import com.fasterxml.jackson.databind.node.ObjectNode;
import org.maftia.core.wire.Digest;
import org.maftia.core.wire.MalformedException;
import org.maftia.core.wire.Reader;
import org.maftia.core.wire.Writer;
import org.maftia.services.jose.StrictJson;

/**
 * To whom tokens are of use: to whoever has them, or to who also holds a key.
 *
 * @param name the key's thumbprint (RFC 9449, section 6.1), or SHA-256 of the certificate (RFC 8705, section 3.1)
 */
record Binding(Kind kind, Digest name) {
    enum Kind {
        NOTHING,
        KEY,
        CERTIFICATE
    }

    /** For bearer tokens. */
    static final Binding NONE = new Binding(Kind.NOTHING, Digest.ZERO);

    /** Says it in a token, as RFC 7800 has it. */
    void addTo(ObjectNode token) {
        switch (kind) {
            case KEY -> token.putObject("cnf").put("jkt", StrictJson.base64(name.toBytes()));
            case CERTIFICATE -> token.putObject("cnf").put("x5t#S256", StrictJson.base64(name.toBytes()));
            case NOTHING -> {}
        }
    }

    static void write(Writer writer, Binding it) {
        writer.u8(it.kind.ordinal()).digest(it.name);
    }

    static Binding read(Reader reader) {
        Kind[] kinds = Kind.values();
        int kind = reader.u8();
        if (kind >= kinds.length) {
            throw new MalformedException("nothing that tokens are bound to");
        }
        return new Binding(kinds[kind], reader.digest());
    }
}
