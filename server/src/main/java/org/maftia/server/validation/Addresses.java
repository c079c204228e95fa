package org.maftia.server.validation;

import java.net.InetAddress;
import java.util.Optional;

/** Addresses that are written as such. */
final class Addresses {
    private Addresses() {}

    /** The address that the text is; empty where it is a name. Asks nobody. */
    static Optional<InetAddress> literal(String text) {
        if (text.indexOf(':') < 0 && !text.matches("[0-9]+\\.[0-9]+\\.[0-9]+\\.[0-9]+")) {
            return Optional.empty();
        }
        try {
            return Optional.of(InetAddress.ofLiteral(text));
        } catch (IllegalArgumentException e) {
            return Optional.empty(); // as a name it will not be found either
        }
    }
}
