package org.maftia.core.ordering.hybrid;

import org.maftia.core.protocol.Attestation.Fence;
import org.maftia.core.wire.Codec;
import org.maftia.core.wire.Reader;
import org.maftia.core.wire.Writer;

/**
 * An account, and the fence by which its author moved.
 *
 * @param fence raises the mark VIEW, for the digest of the account
 */
record ViewChange(Account account, Fence fence) {
    static final Codec<ViewChange> CODEC = new Codec<>() {
        @Override
        public void write(Writer writer, ViewChange value) {
            Account.CODEC.write(writer, value.account);
            Fence.CODEC.write(writer, value.fence);
        }

        @Override
        public ViewChange read(Reader reader) {
            return new ViewChange(Account.CODEC.read(reader), Fence.CODEC.read(reader));
        }
    };

    int replica() {
        return account.replica();
    }

    long view() {
        return account.view();
    }

    @Override
    public String toString() {
        return account.toString();
    }
}
