package org.maftia.server.openid;

import java.util.SortedMap;
import java.util.TreeMap;
import org.maftia.core.crypto.Transcript;
import org.maftia.core.wire.Digest;
import org.maftia.services.openid.ProviderPolicy;

/** What every gateway of this version serves to who signs in, byte for byte: nothing in it depends on who asks, when or where. */
public final class LoginPage {
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
}
