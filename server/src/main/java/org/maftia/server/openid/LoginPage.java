package org.maftia.server.openid;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.maftia.core.crypto.Transcript;
import org.maftia.core.wire.Digest;
import org.maftia.server.cluster.SecureHttp;
import org.maftia.services.openid.ProviderPolicy;

/** What every gateway of this version serves to who signs in, byte for byte: nothing in it depends on who asks, when or where. */
public final class LoginPage {
    private static final int TIMEOUT_MILLIS = 10_000;

    private LoginPage() {}

    /** SHA-256 of each part, by the path under which it is served. */
    public static SortedMap<String, Digest> parts() {
        SortedMap<String, Digest> parts = new TreeMap<>();
        parts.put(
                ProviderPolicy.PATH + "/login", Transcript.sha256(Pages.login().body()));
        for (String part : Pages.PARTS) {
            parts.put(
                    ProviderPolicy.PATH + "/" + part,
                    Transcript.sha256(Pages.part(part).body()));
        }
        return parts;
    }

    /**
     * What somebody else serves otherwise, or not at all, by the path.
     *
     * @param gateway such as {@code https://localhost:7443}
     */
    public static List<String> others(SecureHttp http, String gateway) {
        List<String> others = new ArrayList<>();
        parts().forEach((path, hash) -> {
            try {
                SecureHttp.Reply reply = http.get(gateway + path, TIMEOUT_MILLIS);
                if (reply.status() != 200 || !Transcript.sha256(reply.body()).equals(hash)) {
                    others.add(path);
                }
            } catch (IOException e) {
                others.add(path + " (no answer)");
            }
        });
        return others;
    }
}
