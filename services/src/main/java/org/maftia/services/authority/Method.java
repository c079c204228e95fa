package org.maftia.services.authority;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.maftia.core.wire.MalformedException;
import org.maftia.core.wire.Reader;
import org.maftia.services.authority.pki.Identifier;

/** How an account shows that it controls a name (RFC 8555, section 8; RFC 8737). */
public enum Method {
    HTTP_01("http-01"),
    DNS_01("dns-01"),
    TLS_ALPN_01("tls-alpn-01");

    private final String word;

    Method(String word) {
        this.word = word;
    }

    /** The type of its challenge. */
    public String word() {
        return word;
    }

    static Optional<Method> of(String word) {
        for (Method method : values()) {
            if (method.word.equals(word)) {
                return Optional.of(method);
            }
        }
        return Optional.empty();
    }

    /** By which methods a name is validated: a wildcard through the name server alone, an address not through it. */
    static List<Method> of(Identifier.Kind kind, boolean wildcard) {
        List<Method> methods = new ArrayList<>();
        if (!wildcard) {
            methods.add(HTTP_01);
        }
        if (kind == Identifier.Kind.DNS) {
            methods.add(DNS_01);
        }
        if (!wildcard) {
            methods.add(TLS_ALPN_01);
        }
        return methods;
    }

    static Method read(Reader reader) {
        int code = reader.u8();
        if (code >= values().length) {
            throw new MalformedException("no method: " + code);
        }
        return values()[code];
    }
}
