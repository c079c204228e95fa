package org.maftia.core.replica;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.maftia.core.crypto.ThresholdCipher;
import org.maftia.core.protocol.Port;
import org.maftia.core.wire.Digest;

/**
 * Tells whether ciphertexts are valid, each computed once: before a request is ordered, and again before a share leaves,
 * when mostly the verdict is known.
 */
final class CiphertextCheck {
    /** Verdicts that are kept: what is under way in a busy group. A forgotten one is computed again. */
    private static final int VERDICTS_MAX = 4096;

    /** After an invalid ciphertext a client waits so long: checks are dear, and a correct client never gives cause. */
    private static final long QUARANTINE_MICROS = 1_000_000;

    private final Port<?, ?> port;
    private final ThresholdCipher cipher;

    /** In the order of the verdicts, the oldest of which is forgotten first. */
    private final Map<Digest, Boolean> verdicts = new LinkedHashMap<>();

    /** Who waits for a verdict; looked up only. */
    private final Map<Digest, List<Consumer<Boolean>>> waiting = new HashMap<>();

    private final SortedMap<Integer, Integer> checksByClient = new TreeMap<>();

    /** By client: until when nothing of it is looked at. */
    private final SortedMap<Integer, Long> quarantinedMicros = new TreeMap<>();

    CiphertextCheck(Port<?, ?> port, ThresholdCipher cipher) {
        this.port = port;
        this.cipher = cipher;
    }

    /** Whether another request of the client may be looked at. A check costs as much as some hundred plain requests. */
    boolean hasRoom(int client) {
        return port.nowMicros() >= quarantinedMicros.getOrDefault(client, 0L)
                && checksByClient.getOrDefault(client, 0) < port.limits().pooledRequestsPerClient();
    }

    /** Gives the verdict, at once or later. */
    void check(SealedRequest request, Consumer<Boolean> then) {
        Boolean known = verdicts.get(request.digest());
        if (known != null) {
            then.accept(known);
            return;
        }
        List<Consumer<Boolean>> others = waiting.get(request.digest());
        if (others != null) {
            others.add(then);
            return;
        }
        List<Consumer<Boolean>> first = new ArrayList<>();
        first.add(then);
        waiting.put(request.digest(), first);
        checksByClient.merge(request.id().client(), 1, Integer::sum);
        port.<Boolean>compute(() -> isValid(request), valid -> settle(request, valid));
    }

    /** Computed elsewhere, so it looks at nothing that changes. */
    private boolean isValid(SealedRequest request) {
        return cipher.isValid(request.ciphertext(), request.label());
    }

    private void settle(SealedRequest request, boolean valid) {
        checksByClient.computeIfPresent(request.id().client(), (client, checks) -> checks == 1 ? null : checks - 1);
        if (!valid) {
            quarantinedMicros.put(request.id().client(), port.nowMicros() + QUARANTINE_MICROS);
        }
        verdicts.put(request.digest(), valid);
        if (verdicts.size() > VERDICTS_MAX) {
            var oldest = verdicts.keySet().iterator();
            oldest.next();
            oldest.remove();
        }
        @Nullable List<Consumer<Boolean>> all = waiting.remove(request.digest());
        if (all != null) {
            all.forEach(then -> then.accept(valid));
        }
    }
}
