package org.maftia.server.openid;

import java.io.ByteArrayOutputStream;
import java.net.URLEncoder;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Parameters in {@code application/x-www-form-urlencoded}, of a query or a body: in UTF-8, without control characters, none
 * twice (RFC 6749, section 3.1). One without a value is as good as none.
 */
final class Form {
    static final String TYPE = "application/x-www-form-urlencoded";
    private static final int PARAMETERS_MAX = 64;

    private final SortedMap<String, String> values;

    private Form(SortedMap<String, String> values) {
        this.values = values;
    }

    static Form of(String text) throws OAuthException {
        SortedMap<String, String> values = new TreeMap<>();
        for (String pair : text.split("&", PARAMETERS_MAX + 1)) {
            if (pair.indexOf('&') >= 0) {
                throw OAuthException.invalidRequest("there are too many parameters");
            }
            int sign = pair.indexOf('=');
            String name = decoded(sign < 0 ? pair : pair.substring(0, sign));
            String value = sign < 0 ? "" : decoded(pair.substring(sign + 1));
            if (value.isEmpty()) {
                continue;
            }
            if (values.put(name, value) != null || values.size() > PARAMETERS_MAX) {
                throw OAuthException.invalidRequest("a parameter came twice, or there are too many");
            }
        }
        return new Form(values);
    }

    static String decoded(String text) throws OAuthException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(text.length());
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '%') {
                int high = i + 2 < text.length() ? Character.digit(text.charAt(i + 1), 16) : -1;
                int low = i + 2 < text.length() ? Character.digit(text.charAt(i + 2), 16) : -1;
                if (high < 0 || low < 0) {
                    throw OAuthException.invalidRequest("a parameter is not encoded as forms are");
                }
                bytes.write(high << 4 | low);
                i += 2;
            } else if (c > '~' || c < ' ') {
                throw OAuthException.invalidRequest("a parameter is not encoded as forms are");
            } else {
                bytes.write(c == '+' ? ' ' : c);
            }
        }
        try {
            String decoded = StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes.toByteArray()))
                    .toString();
            if (decoded.chars().anyMatch(Character::isISOControl)) {
                throw OAuthException.invalidRequest("a parameter has control characters");
            }
            return decoded;
        } catch (CharacterCodingException e) {
            throw OAuthException.invalidRequest("a parameter is no UTF-8");
        }
    }

    Optional<String> find(String name) {
        return Optional.ofNullable(values.get(name));
    }

    /** @param lengthMax in characters */
    Optional<String> find(String name, int lengthMax) throws OAuthException {
        Optional<String> value = find(name);
        if (value.isPresent() && value.get().length() > lengthMax) {
            throw OAuthException.invalidRequest(name + " is too long");
        }
        return value;
    }

    String require(String name, int lengthMax) throws OAuthException {
        return find(name, lengthMax).orElseThrow(() -> OAuthException.invalidRequest(name + " is missing"));
    }

    /** The same as a query. */
    String text() {
        StringBuilder out = new StringBuilder();
        values.forEach((name, value) -> out.append(out.isEmpty() ? "" : "&")
                .append(encoded(name))
                .append('=')
                .append(encoded(value)));
        return out.toString();
    }

    static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }
}
