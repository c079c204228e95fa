package org.maftia.server.browser;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.maftia.server.testing.Eventually;

/** One page of a {@link Chromium}, used as a person does: by keys, and by what can be read on it. */
public final class Page {
    private static final ObjectMapper JSON = new ObjectMapper();

    /** Of the whole page, not of what is in sight. */
    private static final int SCREENSHOT_HEIGHT = 900;

    private static final int RETRIES_MAX = 50;
    private static final long PAUSE_NANOS = 30_000_000;

    private final Chromium browser;
    private final String id;

    Page(Chromium browser, String id) {
        this.browser = browser;
        this.id = id;
        call("Page.enable", JSON.createObjectNode());
        call("Runtime.enable", JSON.createObjectNode());
    }

    private JsonNode call(String method, ObjectNode parameters) {
        return browser.call(id, method, parameters);
    }

    /** An authenticator in the machine that knows its owner and always says yes. */
    public void addAuthenticator() {
        call("WebAuthn.enable", JSON.createObjectNode());
        ObjectNode wish = JSON.createObjectNode();
        wish.putObject("options")
                .put("protocol", "ctap2")
                .put("transport", "internal")
                .put("hasResidentKey", true)
                .put("hasUserVerification", true)
                .put("isUserVerified", true)
                .put("automaticPresenceSimulation", true);
        call("WebAuthn.addVirtualAuthenticator", wish);
    }

    public void open(String place) {
        JsonNode went = call("Page.navigate", JSON.createObjectNode().put("url", place));
        if (went.has("errorText")) {
            throw new AssertionError(place + ": " + went.path("errorText").asText());
        }
        until(
                "the page is there",
                () -> value("document.readyState + ' ' + location.href").startsWith("complete http"));
    }

    /** Waits for what must happen in a browser, which has little time for questions meanwhile. */
    public void until(String what, BooleanSupplier holds) {
        Eventually.until(what, () -> {
            LockSupport.parkNanos(PAUSE_NANOS);
            return holds.getAsBoolean();
        });
    }

    /** What an expression of the page's language comes to, as text. */
    public String value(String expression) {
        ObjectNode wish = JSON.createObjectNode()
                .put("expression", expression)
                .put("awaitPromise", true)
                .put("returnByValue", true);
        JsonNode said = said(wish);
        if (said.has("exceptionDetails")) {
            throw new AssertionError(expression + ": " + said.path("exceptionDetails"));
        }
        return said.path("result").path("value").asText();
    }

    /** While a page gives way to the next there may be nothing to ask. */
    private JsonNode said(ObjectNode wish) {
        for (int i = 1; ; i++) {
            try {
                return call("Runtime.evaluate", wish);
            } catch (AssertionError e) {
                boolean between = String.valueOf(e.getMessage()).contains("ontext")
                        || String.valueOf(e.getMessage()).contains("navigated");
                if (!between || i == RETRIES_MAX) {
                    throw e;
                }
                LockSupport.parkNanos(PAUSE_NANOS);
            }
        }
    }

    /** Tells what has the focus: its id, or what kind of thing it is. */
    public String focus() {
        return value("document.activeElement.id || document.activeElement.textContent.trim()");
    }

    /** Goes on from one thing to the next by the tabulator key, until the focus is on the one named. */
    public void tabTo(String thing) {
        for (int i = 0; i < 30; i++) {
            if (focus().equals(thing)) {
                return;
            }
            press("Tab", 9, "");
        }
        throw new AssertionError("by the keyboard nobody comes to " + thing);
    }

    public void pressEnter() {
        press("Enter", 13, "\r");
    }

    private void press(String key, int code, String text) {
        for (String type : new String[] {"keyDown", "keyUp"}) {
            ObjectNode wish = JSON.createObjectNode()
                    .put("type", type)
                    .put("key", key)
                    .put("code", key)
                    .put("windowsVirtualKeyCode", code);
            if (!text.isEmpty() && type.equals("keyDown")) {
                wish.put("text", text);
            }
            call("Input.dispatchKeyEvent", wish);
        }
    }

    /** Into what has the focus. */
    public void type(String text) {
        call("Input.insertText", JSON.createObjectNode().put("text", text));
    }

    /** @param width of the window, in pixels */
    public void photograph(Path file, int width) throws IOException {
        ObjectNode size = JSON.createObjectNode()
                .put("width", width)
                .put("height", SCREENSHOT_HEIGHT)
                .put("deviceScaleFactor", 1)
                .put("mobile", false);
        call("Emulation.setDeviceMetricsOverride", size);
        byte[] picture = Base64.getDecoder()
                .decode(call("Page.captureScreenshot", JSON.createObjectNode())
                        .path("data")
                        .asText());
        Files.write(file, picture);
        call("Emulation.clearDeviceMetricsOverride", JSON.createObjectNode());
    }
}
