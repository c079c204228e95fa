package org.maftia.wormhole.host;

/** Carries one request to a component and its reply back. */
public interface Transport extends AutoCloseable {
    /**
     * Exchanges two frames of 512 bytes.
     *
     * @throws org.maftia.wormhole.StoppedException if there is no reply; whether there was an effect is unknown
     */
    void exchange(byte[] request, byte[] reply);

    @Override
    void close();
}
