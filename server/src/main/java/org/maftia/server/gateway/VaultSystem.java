package org.maftia.server.gateway;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.helidon.webserver.http.HttpRouting;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import org.maftia.services.jose.StrictJson;
import org.maftia.services.signing.CallerKey;

/**
 * What clients of Vault ask before they ask for signatures: whether it is there, initialised and open, and what their token is for.
 * All of it is this gateway's word.
 */
final class VaultSystem {
    private static final int TOKEN_LENGTH_MAX = 256;

    private final SigningDesk desk;
    private final InstantSource clock;

    VaultSystem(SigningDesk desk, InstantSource clock) {
        this.desk = desk;
        this.clock = clock;
    }

    /** @param path under which Vault's interface is */
    void register(HttpRouting.Builder routes, String path) {
        routes.get(path + "/sys/health", (request, response) -> VaultGateway.send(response, health()));
        routes.get(path + "/sys/init", (request, response) -> VaultGateway.send(response, initialised()));
        routes.get(path + "/sys/seal-status", (request, response) -> VaultGateway.send(response, seal()));
        routes.get(
                path + "/auth/token/lookup-self",
                (request, response) ->
                        VaultGateway.send(response, token(request.headers().first(VaultGateway.TOKEN))));
    }

    /** Whoever shows such a token; empty where it is none at all. */
    static Optional<CallerKey> caller(Optional<String> token) {
        return token.filter(text -> !text.isEmpty() && text.length() <= TOKEN_LENGTH_MAX)
                .map(text -> CallerKey.ofToken(text.getBytes(StandardCharsets.UTF_8)));
    }

    static boolean mayUse(SigningInfo key, byte[] caller) {
        return key.policy().callers().stream().anyMatch(known -> Arrays.equals(known, caller));
    }

    private boolean hasKeys() {
        return !desk.keys().isEmpty();
    }

    /** Vault's number for one that was not initialised: 501. */
    private Answer health() {
        ObjectNode json = StrictJson.create()
                .put("initialized", hasKeys())
                .put("sealed", false)
                .put("standby", false)
                .put("performance_standby", false)
                .put("replication_performance_mode", "disabled")
                .put("replication_dr_mode", "disabled")
                .put("server_time_utc", clock.instant().getEpochSecond())
                .put("version", "maftia");
        return VaultGateway.json(hasKeys() ? 200 : 501, json);
    }

    private Answer initialised() {
        return VaultGateway.json(200, StrictJson.create().put("initialized", hasKeys()));
    }

    /** Shares of the group's keys are never brought together, so there is nothing that is sealed or opened. */
    private Answer seal() {
        return VaultGateway.json(
                200,
                StrictJson.create()
                        .put("type", "maftia")
                        .put("initialized", hasKeys())
                        .put("sealed", false)
                        .put("t", 0)
                        .put("n", 0)
                        .put("progress", 0)
                        .put("nonce", "")
                        .put("version", "maftia")
                        .put("migration", false)
                        .put("recovery_seal", false)
                        .put("storage_type", "maftia"));
    }

    /** The keys that a token's owner may use stand where Vault has his policies. The token itself is not said again. */
    private Answer token(Optional<String> token) {
        Optional<byte[]> caller = caller(token).map(CallerKey::publicKey);
        List<String> keys = caller.map(owner -> desk.keys().stream()
                        .filter(key -> mayUse(key, owner))
                        .map(key -> key.policy().name())
                        .toList())
                .orElse(List.of());
        if (caller.isEmpty() || keys.isEmpty()) {
            return VaultGateway.errors(403, "permission denied");
        }
        ObjectNode data = StrictJson.create()
                .put("display_name", HexFormat.of().formatHex(caller.get()))
                .put("type", "service")
                .put("path", "auth/token/lookup-self")
                .put("ttl", 0)
                .put("num_uses", 0)
                .put("renewable", false)
                .put("orphan", true);
        ArrayNode policies = data.putNull("expire_time").putArray("policies");
        keys.forEach(policies::add);
        return VaultGateway.data(data);
    }
}
