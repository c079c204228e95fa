package org.maftia.server.gateway;

import java.util.Optional;
import org.maftia.core.wire.Digest;

/**
 * What clients must know of an oblivious function. It follows from the group's public transcript, and for a key that the group made
 * from what a quorum certifies: clients should trust these rather than a gateway.
 *
 * @param function names it: another dealing is another one
 * @param receiptsKey 96 bytes of G2, under which receipts verify; empty while the group makes the key
 */
public record EvaluationInfo(Digest function, Optional<byte[]> receiptsKey) {
    public EvaluationInfo {
        receiptsKey = receiptsKey.map(byte[]::clone);
    }

    @Override
    public Optional<byte[]> receiptsKey() {
        return receiptsKey.map(byte[]::clone);
    }
}
