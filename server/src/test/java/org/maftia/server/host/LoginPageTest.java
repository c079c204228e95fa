package org.maftia.server.host;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.nimbusds.jose.crypto.RSASSAVerifier;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jwt.SignedJWT;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URLEncoder;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.Base64;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.maftia.server.browser.Chromium;
import org.maftia.server.browser.Page;

/**
 * A person with a browser, by its keyboard alone, at real gateways of a group with a liar; and a relying party that gets a code and
 * verifies what it is given for it. Pictures of the pages are kept in the folder that the property {@code maftia.pictures} names.
 */
class LoginPageTest {
    private static final String PKCE = "0123456789abcdefghijklmnopqrstuvwxyz-._~ABC";

    @TempDir
    private Path directory;

    private @Nullable HttpServer shop;
    private @Nullable OpenIdGroup group;
    private @Nullable Chromium browser;

    @SuppressWarnings("NullAway.Init") // set before each test
    private String back;

    @BeforeEach
    void start() throws Exception {
        Optional<Path> program = Chromium.program();
        assumeTrue(program.isPresent(), "no Chromium is installed here: the login page is not tried in a browser");
        shop = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        shop.createContext("/back", exchange -> {
            byte[] body = "<!doctype html><title>shop</title>".getBytes(StandardCharsets.UTF_8);
            exchange.getResponseHeaders().add("Content-Type", "text/html");
            exchange.sendResponseHeaders(200, body.length);
            exchange.getResponseBody().write(body);
            exchange.close();
        });
        shop.start();
        back = "http://127.0.0.1:" + shop.getAddress().getPort() + "/back";
        group = new OpenIdGroup(Files.createDirectory(directory.resolve("group")), back, Corruption.FALSE_SHARES);
        Path profile = Files.createDirectory(directory.resolve("profile"));
        browser = Chromium.start(program.get(), profile, group.certifiedKeys());
    }

    @AfterEach
    void stop() {
        if (browser != null) {
            browser.close();
        }
        if (group != null) {
            group.close();
        }
        if (shop != null) {
            shop.stop(0);
        }
    }

    private static void photograph(Page page, String name) throws IOException {
        String folder = System.getProperty("maftia.pictures", "");
        if (!folder.isEmpty()) {
            page.photograph(Path.of(folder, name + "-360.png"), 360);
            page.photograph(Path.of(folder, name + "-1280.png"), 1280);
        }
    }

    private static String message(Page page) {
        return page.value("document.getElementById('message')?.textContent ?? ''");
    }

    private static void until(Page page, String message) {
        page.until(message, () -> message(page).contains(message));
    }

    private String wish() throws Exception {
        byte[] challenge = MessageDigest.getInstance("SHA-256").digest(PKCE.getBytes(StandardCharsets.US_ASCII));
        return "/oidc/authorize?response_type=code&client_id=shop&redirect_uri="
                + URLEncoder.encode(back, StandardCharsets.UTF_8)
                + "&scope=openid+profile&state=s&nonce=n&code_challenge_method=S256&code_challenge="
                + Base64.getUrlEncoder().withoutPadding().encodeToString(challenge);
    }

    /** The code with which the browser came back to its relying party, and what that gets for it. */
    private SignedJWT redeemed(OpenIdGroup provider, Page page, String gateway) throws Exception {
        page.until(
                "the browser is back", () -> page.value("location.href").startsWith(back + "?"));
        assertThat(page.value("new URL(location.href).searchParams.get('state')"))
                .isEqualTo("s");
        String code = page.value("new URL(location.href).searchParams.get('code')");
        HttpResponse<String> given = provider.post(
                gateway + "/oidc/token",
                "application/x-www-form-urlencoded",
                "grant_type=authorization_code&client_id=shop&code=" + code + "&redirect_uri="
                        + URLEncoder.encode(back, StandardCharsets.UTF_8) + "&code_verifier=" + PKCE);
        assertThat(given.statusCode()).as(given.body()).isEqualTo(200);
        SignedJWT token = SignedJWT.parse(
                new ObjectMapper().readTree(given.body()).path("id_token").asText());
        JWKSet keys = JWKSet.parse(provider.get(gateway + "/oidc/jwks").body());
        assertThat(token.verify(new RSASSAVerifier(
                        keys.getKeyByKeyId(token.getHeader().getKeyID()).toRSAKey())))
                .isTrue();
        assertThat(token.getJWTClaimsSet().getIssuer()).isEqualTo(gateway + "/oidc");
        return token;
    }

    @Test
    void aPersonRegistersAPasskeyAndSignsInWithIt() throws Exception {
        OpenIdGroup provider = Objects.requireNonNull(group);
        String gateway = provider.gateways.getFirst();
        Page page = Objects.requireNonNull(browser).page();
        page.addAuthenticator();
        page.open(gateway + "/oidc/login");
        photograph(page, "login");
        page.tabTo("Register a passkey");
        page.pressEnter();
        page.tabTo("user");
        page.type("alice");
        photograph(page, "register");
        page.tabTo("Register");
        page.pressEnter();
        until(page, "You are signed in.");
        photograph(page, "registered");
        page.open(gateway + "/oidc/logout");
        photograph(page, "logout");
        page.tabTo("Sign out");
        page.pressEnter();
        page.until(
                "signed out", () -> page.value("document.body.textContent").contains("You are signed out"));
        page.open(gateway + wish());
        page.tabTo("Sign in with a passkey");
        page.pressEnter();
        SignedJWT token = redeemed(provider, page, gateway);
        assertThat(token.getJWTClaimsSet().getStringClaim("nonce")).isEqualTo("n");
    }
}
