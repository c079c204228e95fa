package org.maftia.server.gateway;

import org.maftia.core.wire.Digest;

/**
 * What clients must know of an oblivious function; all of it follows from the group's public transcript, which they should
 * trust rather than a gateway.
 *
 * @param function names it: another dealing is another one
 * @param receiptsKey 96 bytes of G2, under which receipts verify
 */
public record EvaluationInfo(Digest function, byte[] receiptsKey) {
    public EvaluationInfo {
        receiptsKey = receiptsKey.clone();
    }

    @Override
    public byte[] receiptsKey() {
        return receiptsKey.clone();
    }
}
