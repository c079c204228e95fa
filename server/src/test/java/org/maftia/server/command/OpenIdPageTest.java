package org.maftia.server.command;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.maftia.server.openid.LoginPage;

class OpenIdPageTest {
    @Test
    void theCommandNamesEveryPartOfThePageWithItsHash() {
        String printed = new Terminal().type(0, "oidc", "page");
        assertThat(LoginPage.parts()).hasSize(6).containsKeys("/oidc/login", "/oidc/login.js", "/oidc/password.js");
        LoginPage.parts().forEach((path, hash) -> assertThat(printed).contains(hash + "  " + path + "\n"));
    }
}
