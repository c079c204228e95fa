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
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.maftia.core.testing.Attack;
import org.maftia.server.browser.Chromium;
import org.maftia.server.browser.Page;
import org.maftia.server.cluster.SecureHttp;
import org.maftia.server.openid.LoginPage;
import org.maftia.services.openid.PasswordKey;

/**
 * A person with a browser, by its keyboard alone, at real gateways of a group with a liar; and a relying party that gets a code and
 * verifies what it is given for it. Pictures of the pages are kept in the folder that the property {@code maftia.pictures} names.
 */
class LoginPageTest {
    private static final String PASSWORD = "correct horse battery staple";
    private static final String BLIND = "0x3338fa65ec36e0290022b48eb562889d89dbfa691d1cde91517fa222ed7ad364n";
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
        group = new OpenIdGroup(Files.createDirectory(directory.resolve("group")), back);
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
        page.until("the browser is back", () -> page.value("location.href").startsWith(back + "?"));
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

    private static void press(Page page, String button) {
        page.tabTo(button);
        page.pressEnter();
    }

    private static void fill(Page page, String field, String text) {
        page.tabTo(field);
        page.value("document.activeElement.select()");
        page.type(text);
    }

    private static void signOut(Page page, String gateway) {
        page.open(gateway + "/oidc/logout");
        press(page, "Sign out");
        page.until(
                "signed out",
                () -> page.value("document.body?.textContent ?? ''").contains("You are signed out"));
    }

    @Attack("false shares")
    @Attack("openid: false evaluation")
    @Attack("password guessing")
    @Attack("openid: malformed commands")
    @Test
    void aPersonRegistersAndSignsInByPasskeyAndByPassword() throws Exception {
        OpenIdGroup provider = Objects.requireNonNull(group);
        Page page = Objects.requireNonNull(browser).page();
        page.addAuthenticator();
        byPasskey(provider, page, provider.gateways.getFirst());
        String gateway = provider.gateways.get(1);
        byPassword(provider, page, gateway);
        page.open(gateway + "/oidc/login");
        theScriptsComputeWhatTheStandardsAndTheGroupCompute(page);
        theScriptsBelieveNoGateway(page);
        guessesEndAndWhatIsNoRequestIsAnsweredInOAuthsWords(provider, gateway + "/oidc/login/password/");
        SecureHttp http = SecureHttp.trusting(provider.root);
        assertThat(provider.gateways)
                .allMatch(one -> LoginPage.others(http, one).isEmpty());
        assertThat(LoginPage.others(http, gateway + "/another")).hasSize(6);
        page.until(
                "who says false parts is named",
                () -> provider.get(gateway + "/status").body().contains("says a false part of an evaluation"));
    }

    private void byPasskey(OpenIdGroup provider, Page page, String gateway) throws Exception {
        page.open(gateway + "/oidc/login");
        page.until("passwords are offered", () -> isOffered(page));
        assertThat(page.value("[...document.querySelectorAll('input')].every(input => input.labels.length === 1)"))
                .isEqualTo("true");
        photograph(page, "login");
        press(page, "Register a passkey");
        fill(page, "user", "alice");
        photograph(page, "register");
        press(page, "Register");
        until(page, "You are signed in.");
        photograph(page, "registered");
        signOut(page, gateway);
        page.open(gateway + wish());
        press(page, "Sign in with a passkey");
        SignedJWT token = redeemed(provider, page, gateway);
        assertThat(token.getJWTClaimsSet().getStringClaim("nonce")).isEqualTo("n");
        assertThat(token.getJWTClaimsSet().getStringListClaim("amr")).containsExactly("pop", "user");
        signOut(page, gateway);
    }

    private static boolean isOffered(Page page) {
        return page.value("document.getElementById('password')?.hidden").equals("false");
    }

    private void byPassword(OpenIdGroup provider, Page page, String gateway) throws Exception {
        page.open(gateway + "/oidc/login");
        page.until("passwords are offered", () -> isOffered(page));
        press(page, "Set or change a password");
        fill(page, "set-user", "bob");
        fill(page, "set-chosen", PASSWORD);
        photograph(page, "set");
        press(page, "Set password");
        until(page, "You are signed in.");
        signOut(page, gateway);
        page.open(gateway + wish());
        page.until("passwords are offered", () -> isOffered(page));
        for (String[] wrong : new String[][] {{"bob", "another password"}, {"nobody", PASSWORD}}) {
            fill(page, "password-user", wrong[0]);
            fill(page, "password-password", wrong[1]);
            page.pressEnter();
            until(page, "some seconds");
            until(page, "That did not work: the name or the password is wrong.");
        }
        photograph(page, "wrong");
        fill(page, "password-user", "bob");
        fill(page, "password-password", PASSWORD);
        page.pressEnter();
        SignedJWT token = redeemed(provider, page, gateway);
        assertThat(token.getJWTClaimsSet().getStringListClaim("amr")).containsExactly("pwd");
    }

    private static String base64(String hex) {
        return Base64.getUrlEncoder()
                .withoutPadding()
                .encodeToString(HexFormat.of().parseHex(hex));
    }

    /** RFC 9497, appendix A.3.1.1; and the same key of a password as clients in Java have. */
    private static void theScriptsComputeWhatTheStandardsAndTheGroupCompute(Page page) {
        for (String[] vector : new String[][] {
            {
                "00",
                "03723a1e5c09b8b9c18d1dcbca29e8007e95f14f4732d9346d490ffc195110368d",
                "030de02ffec47a1fd53efcdd1c6faf5bdc270912b8749e783c7ca75bb412958832",
                "a0b34de5fa4c5b6da07e72af73cc507cceeb48981b97b7285fc375345fe495dd"
            },
            {
                "5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a",
                "03cc1df781f1c2240a64d1c297b3f3d16262ef5d4cf102734882675c26231b0838",
                "03a0395fe3828f2476ffcd1f4fe540e5a8489322d398be3c4e5a869db7fcb7c52c",
                "c748ca6dd327f0ce85f4ae3a8cd6d4d5390bbb804c9e12dcf94f853fece3dcce"
            }
        }) {
            String input = "Base64url.bytes('" + base64(vector[0]) + "'), " + BLIND;
            assertThat(page.value("Passwords.blind(" + input + ").then(Base64url.text)"))
                    .isEqualTo(base64(vector[1]));
            String finish = input + ", Base64url.bytes('" + base64(vector[2]) + "')";
            assertThat(page.value("Passwords.finish(" + finish + ").then(Base64url.text)"))
                    .isEqualTo(base64(vector[3]));
        }
        byte[] value = HexFormat.of().parseHex("a0b34de5fa4c5b6da07e72af73cc507cceeb48981b97b7285fc375345fe495dd");
        assertThat(page.value("Passwords.signer('bob', Base64url.bytes('"
                        + Base64.getUrlEncoder().withoutPadding().encodeToString(value)
                        + "')).then(key => Base64url.text(key.verifier))"))
                .isEqualTo(base64(PasswordKey.of("bob", value).verifier().toString()));
        for (String bad : new String[] {"00".repeat(33), "02" + "ff".repeat(32), "03", "04" + "11".repeat(32)}) {
            assertThat(page.value("Passwords.finish(new Uint8Array(1), 1n, Base64url.bytes('" + base64(bad)
                            + "')).then(() => 'taken', failure => failure.message)"))
                    .contains("no point");
        }
    }

    private static void guessesEndAndWhatIsNoRequestIsAnsweredInOAuthsWords(OpenIdGroup provider, String place)
            throws IOException {
        String guess = "{\"user\":\"carol\",\"blinded\":\""
                + base64("03723a1e5c09b8b9c18d1dcbca29e8007e95f14f4732d9346d490ffc195110368d") + "\"}";
        HttpResponse<String> answer = provider.post(place + "evaluate", "application/json", guess);
        for (int i = 0; i < 10 && answer.statusCode() == 200; i++) {
            answer = provider.post(place + "evaluate", "application/json", guess);
        }
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(429);
        assertThat(answer.headers().firstValueAsLong("Retry-After").orElseThrow())
                .isBetween(60L, 362L);
        String infinity = "{\"user\":\"dora\",\"blinded\":\"" + base64("00".repeat(33)) + "\"}";
        for (String endpoint : List.of("evaluate", "finish", "set")) {
            for (String body : List.of(
                    "",
                    "[]",
                    "{}",
                    "{}{}",
                    infinity,
                    "{\"user\":\"A B\",\"blinded\":\"AA\"}",
                    guess.replace("carol", "c".repeat(99)),
                    guess.replace("}", ",\"more\":1}"),
                    "{\"attempt\":-1,\"signature\":\"\"}",
                    "[".repeat(5_000))) {
                HttpResponse<String> refused = provider.post(
                        place + endpoint,
                        "application/json",
                        body,
                        "Cookie",
                        "__Host-maftia-attempt=" + base64("11".repeat(32)));
                assertThat(refused.statusCode()).as(endpoint + " " + body).isEqualTo(400);
                assertThat(new ObjectMapper()
                                .readTree(refused.body())
                                .path("error")
                                .asText())
                        .isEqualTo("invalid_request");
            }
        }
    }

    /** A gateway that evaluates by itself could try passwords on what comes next: nothing does. */
    private static void theScriptsBelieveNoGateway(Page page) {
        page.until("passwords are offered", () -> isOffered(page));
        for (String lie :
                new String[] {"evaluated: asked.blinded", "attempt: answer.attempt + 1", "signature: answer.evaluated"
                }) {
            assertThat(page.value("Passwords.unlock(passwords, 'carol', 'a password', async asked => {"
                            + " const answer = await post('password/evaluate', asked); return { ...answer, " + lie
                            + " }; }).then(() => 'taken', failure => failure.message)"))
                    .contains("was not signed by the group");
        }
    }
}
