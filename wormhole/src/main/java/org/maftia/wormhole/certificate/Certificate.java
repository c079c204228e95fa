package org.maftia.wormhole.certificate;

import java.util.Arrays;

/**
 * A sealed statement of a trusted component. Its form says nothing of its truth: that is for {@code Ttcb.verify}, or
 * for the component's public key.
 */
public sealed interface Certificate
        permits Ui,
                Fence,
                VoidRange,
                Counters,
                OutcomeCertificate,
                Stamp,
                VerdictCertificate,
                ViewCertificate,
                EpochCertificate {
    Kind kind();

    Header header();

    Seal seal();

    /** Writes what follows the header. */
    void writeBody(byte[] target, int offset);

    /** Whether the certificate is about this digest; those that carry none are about {@link Digest#ZERO} only. */
    default boolean binds(Digest digest) {
        return digest.equals(Digest.ZERO);
    }

    /** The bytes under the tag. */
    default byte[] statement() {
        byte[] bytes = new byte[kind().statementLength()];
        write(bytes);
        return bytes;
    }

    /** Statement and seal; {@link #decode} gives an equal certificate back. */
    default byte[] encoded() {
        byte[] bytes = new byte[kind().statementLength() + seal().length()];
        write(bytes);
        seal().writeTo(bytes, kind().statementLength());
        return bytes;
    }

    private void write(byte[] bytes) {
        writeBody(bytes, Statement.header(bytes, 0, kind(), header().stream(), header().ttcb(), header().epoch()));
    }

    /**
     * Reads a whole array.
     *
     * @throws MalformedCertificateException if it is not exactly one certificate
     */
    static Certificate decode(byte[] bytes) {
        return decode(bytes, 0, bytes.length);
    }

    /**
     * Reads {@code length} bytes from an offset on.
     *
     * @throws MalformedCertificateException if they are not exactly one certificate
     */
    static Certificate decode(byte[] bytes, int at, int length) {
        Kind kind = Statement.kind(bytes, at, length);
        int statement = kind.statementLength();
        if (length <= statement) {
            throw new MalformedCertificateException("ends early");
        }
        TagProfile profile = TagProfile.of(BigEndian.u8(bytes, at + statement));
        if (length != statement + 1 + profile.length()) {
            throw new MalformedCertificateException("is not as long as its kind and its seal");
        }
        Seal seal = Seal.of(profile, Arrays.copyOfRange(bytes, at + statement + 1, at + length));
        Header header = Statement.header(bytes, at);
        int body = at + Kind.HEADER_LENGTH;
        return switch (kind) {
            case UI -> Ui.at(header, bytes, body, seal);
            case FENCE -> Fence.at(header, bytes, body, seal);
            case VOID -> VoidRange.at(header, bytes, body, seal);
            case COUNTERS -> Counters.at(header, bytes, body, seal);
            case OUTCOME -> OutcomeCertificate.at(header, bytes, body, seal);
            case STAMP -> Stamp.at(header, bytes, body, seal);
            case VERDICT -> VerdictCertificate.at(header, bytes, body, seal);
            case VIEW -> ViewCertificate.at(header, bytes, body, seal);
            case EPOCH -> EpochCertificate.at(header, bytes, body, seal);
        };
    }
}
