package org.maftia.wormhole.tpm;

import java.io.IOException;

/** Carries commands to a TPM, and its responses back, one at a time. */
public interface TpmTransport extends AutoCloseable {
    /** No command and no response is longer: what the TPMs of PCs take, and more than ours need. */
    int LENGTH_MAX = 4_096;

    /** Bytes before the parameters: tag u16, length u32, code u32. */
    int HEADER_LENGTH = 10;

    /**
     * Exchanges a command for its response.
     *
     * @param length bytes of the command
     * @param response {@link #LENGTH_MAX} bytes
     * @return bytes of the response, at least {@link #HEADER_LENGTH}
     * @throws IOException if there is no response, or one that says a length out of bounds
     */
    int exchange(byte[] command, int length, byte[] response) throws IOException;

    @Override
    void close() throws IOException;
}
