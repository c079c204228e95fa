package org.maftia.server.openid;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.maftia.core.protocol.Invariant;
import org.maftia.server.gateway.Answer;

/** The few pages that people see. They work without anything from elsewhere, and no other page may frame them. */
final class Pages {
    private static final String HTML = "text/html; charset=utf-8";
    private static final String POLICY = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self';"
            + " form-action 'self'; frame-ancestors 'none'; base-uri 'none'";

    /** What the login page consists of besides itself. */
    static final List<String> PARTS = List.of("login.css", "p256.js", "argon2id.js", "password.js", "login.js");

    private static final SortedMap<String, byte[]> CONTENT = parts();
    private static final byte[] LOGIN = resource("login.html");
    private static final String FRAME = new String(resource("message.html"), StandardCharsets.UTF_8);
    private static final String LEAVE = "<p>Sign out of this browser?</p>"
            + "<form method=\"post\" action=\"/oidc/logout\"><button type=\"submit\">Sign out</button></form>";

    private Pages() {}

    private static byte[] resource(String name) {
        try (InputStream in = Invariant.present(Pages.class.getResourceAsStream(name), "a page of the archive")) {
            return in.readAllBytes();
        } catch (IOException e) {
            throw new IllegalStateException("the archive of this program is broken", e);
        }
    }

    private static Answer page(int status, byte[] body) {
        return new Answer(status, HTML, body)
                .with("Content-Security-Policy", POLICY)
                .with("X-Frame-Options", "DENY");
    }

    private static Answer message(int status, String body) {
        return page(status, FRAME.replace("BODY", body).getBytes(StandardCharsets.UTF_8));
    }

    static Answer login() {
        return page(200, LOGIN);
    }

    /** @param name one of {@link #PARTS} */
    static Answer part(String name) {
        String type = name.endsWith(".css") ? "text/css; charset=utf-8" : "text/javascript; charset=utf-8";
        return new Answer(200, type, Invariant.present(CONTENT.get(name), "a part of the page"));
    }

    private static SortedMap<String, byte[]> parts() {
        SortedMap<String, byte[]> content = new TreeMap<>();
        PARTS.forEach(name -> content.put(name, resource(name)));
        return Collections.unmodifiableSortedMap(content);
    }

    /** @param sentence of this program: nothing that a request holds */
    static Answer error(String sentence) {
        return message(400, "<p role=\"alert\">This request to sign in cannot be served: " + sentence + ".</p>");
    }

    static Answer leave() {
        return message(200, LEAVE);
    }

    static Answer left() {
        return message(200, "<p role=\"status\">You are signed out of this browser.</p>");
    }
}
