package org.maftia.services.authority;

import java.util.HexFormat;
import org.maftia.core.wire.Digest;
import org.maftia.core.wire.Reader;
import org.maftia.core.wire.Writer;

/** A certificate that was issued; no more of it than is asked for until it ends. */
final class Issued {
    /** Of RFC 5280, section 5.3.1. */
    static final int KEY_COMPROMISE = 1;

    private static final int SERIAL_LENGTH_MAX = 20;

    final byte[] serial;
    final long account;

    /** Counts certificates. */
    final long sequence;

    final long fromSeconds;
    final long toSeconds;

    /** Of the whole certificate: who brings one shows that it is this. */
    final Digest digest;

    /** Of its key. */
    final Digest key;

    /** When it was revoked; 0: it is not. */
    long revokedSeconds;

    int reason;

    /** Whether another one followed it (RFC 9773, section 5). */
    boolean replaced;

    Issued(byte[] serial, long account, long sequence, long fromSeconds, long toSeconds, Digest digest, Digest key) {
        this.serial = serial;
        this.account = account;
        this.sequence = sequence;
        this.fromSeconds = fromSeconds;
        this.toSeconds = toSeconds;
        this.digest = digest;
        this.key = key;
    }

    String name() {
        return HexFormat.of().formatHex(serial);
    }

    /** Its revocation list: the first byte of the serial. */
    int shard() {
        return serial[0];
    }

    /** What the public record keeps of its revocation: the serial after its length, the reason, and SHA-256 of the certificate. */
    byte[] revocation() {
        return new Writer(2 + serial.length + Digest.LENGTH)
                .opaque8(serial)
                .u8(reason)
                .digest(digest)
                .toBytes();
    }

    boolean isRevoked() {
        return revokedSeconds != 0;
    }

    void write(Writer writer) {
        writer.opaque8(serial).u64(account).u64(sequence).u64(fromSeconds).u64(toSeconds);
        writer.digest(digest).digest(key).u64(revokedSeconds).u8(reason).bool(replaced);
    }

    static Issued read(Reader reader) {
        Issued issued = new Issued(
                reader.opaque8(SERIAL_LENGTH_MAX),
                reader.count(),
                reader.count(),
                reader.count(),
                reader.count(),
                reader.digest(),
                reader.digest());
        issued.revokedSeconds = reader.count();
        issued.reason = reader.u8();
        issued.replaced = reader.bool();
        return issued;
    }
}
